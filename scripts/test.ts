/** `npm test`: everything, one kind after the other, with one sum at the end. */
import { browserTests, check, databaseTests, sum } from "./checks";

const { passed, failed } = sum([await check(), await databaseTests(), await browserTests()]);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
