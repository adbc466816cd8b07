// Sort and search an index page in Chromium as its readers do; print what is shown then as JSON.
//
//   SPECFLOW_AXE=folder-with-node_modules CHROMIUM=/usr/bin/chromium node index.mjs index.html

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import path from 'node:path';

const load = createRequire(path.join(path.resolve(process.env.SPECFLOW_AXE), 'package.json'));
const puppeteer = load('puppeteer-core');

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM, protocolTimeout: 600000, timeout: 120000,
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'],
});
const seen = {};
try {
  const page = await browser.newPage();
  await page.goto(pathToFileURL(process.argv[2]).href);
  const shown = () => page.$$eval('tbody tr:not([hidden]) th', (cells) => cells.map((cell) => cell.innerText));
  const press = (name) => page.evaluate((words) => [...document.querySelectorAll('thead button')]
    .find((button) => button.innerText === words).click(), name);
  seen.first = await shown();
  for (const name of ['Version', 'Priority', 'Next review']) {
    await press(name);
    seen[name] = await shown();
    await press(name);
    seen[`${name}, reversed`] = await shown();
  }
  seen.sorted = await page.$$eval('[aria-sort]', (heads) => heads.map((head) => [head.innerText, head.ariaSort]));
  await page.type('#search', 'qa 1.10');
  seen.found = [await shown(), await page.$eval('#told', (told) => told.innerText)];
  await page.$eval('#search', (field) => { field.value = ''; field.dispatchEvent(new Event('input')); });
  await page.evaluate(() => document.getElementById('attention').click());
  seen.attention = [await shown(), await page.$eval('#overdue', (count) => count.innerText)];
} finally {
  await browser.close();
}
console.log(JSON.stringify(seen));
