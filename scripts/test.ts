/** `npm test`: everything, one kind after the other, with one sum at the end. */
import { browserTests, check, databaseTests, sum } from "./checks";

const { passed, failed, failures } = sum([await check(), await databaseTests(), await browserTests()]);
for (const failure of failures) console.log(`✗ ${failure}`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
