"use server";

import { taskActions } from "../orders/task-actions";

/** As on an order's page; the queue hears of what it changed by itself, so no page is drawn again for it. */
const tasks = taskActions(() => {});

export const decide = tasks.decide;
export const withdraw = tasks.withdraw;
export const claim = tasks.claim;
export const release = tasks.release;
export const takeOver = tasks.takeOver;
