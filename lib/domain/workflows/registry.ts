import type { WorkflowDefinition } from "../workflow";
import { orderFulfilment } from "./order-fulfilment";

/** Every definition this build can run. Versions stay here as long as orders of them are open. */
export const workflows: readonly WorkflowDefinition[] = [orderFulfilment];
