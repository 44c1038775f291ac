import { createLog } from '../../../src/operator/log.ts';

// A process that ends right after its last line, in the way that its argument says.
const log = createLog({ level: 'info' });
for (let index = 0; index < 5000; index += 1) log.info('line written', { index, padding: 'x'.repeat(100) });
if (process.argv[2] === 'exit') process.exit(1);
if (process.argv[2] === 'throw') throw new Error('ended by a test');
