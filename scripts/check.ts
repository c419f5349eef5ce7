/** `npm run check`: what one runs before every commit. */
import { check } from "./checks";

const { passed, failed } = await check();
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
