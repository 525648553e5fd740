// Which official SDK this is.

import { readFileSync } from 'node:fs';

const entry = new URL(import.meta.resolve('@a2a-js/sdk'));
const { name, version } = JSON.parse(readFileSync(new URL('../package.json', entry)));

export const sdk = `${name} ${version}`;
