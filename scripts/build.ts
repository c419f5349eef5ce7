import { spawn } from "node:child_process";
import { ensureBuild } from "./next-build";
import { projectFolder } from "./places";
import { ensurePrismaClient } from "./prisma-client";

ensurePrismaClient(console.log);
await ensureBuild(({ args, env }) => {
  const child = spawn(process.execPath, args, {
    cwd: projectFolder,
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  return new Promise((done) => child.once("close", (code) => done({ code, printed: "" })));
}, console.log);
