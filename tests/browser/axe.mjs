// Run axe-core on HTML files in one Chromium, at two widths, light and dark; print what it finds as JSON.
//
//   SPECFLOW_AXE=folder-with-node_modules CHROMIUM=/usr/bin/chromium node axe.mjs one.html two.html
//
// Each page is loaded once. Everything is looked at wide and light, and narrow and dark; the other two look at the colours.

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const load = createRequire(path.join(path.resolve(process.env.SPECFLOW_AXE), 'package.json'));
const puppeteer = load('puppeteer-core');
const axe = readFileSync(load.resolve('axe-core/axe.min.js'), 'utf8');

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];
const EVERYTHING = { type: 'tag', values: TAGS };
const COLOURS = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };
const LOOKS = [
  { width: 1280, scheme: 'light', runOnly: EVERYTHING },
  { width: 1280, scheme: 'dark', runOnly: COLOURS },
  { width: 320, scheme: 'dark', runOnly: EVERYTHING },
  { width: 320, scheme: 'light', runOnly: COLOURS },
];

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM,
  protocolTimeout: 600000,
  timeout: 120000,
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync',
  ],
});
const found = [];
try {
  for (const file of process.argv.slice(2)) {
    const page = await browser.newPage();
    await page.bringToFront();
    page.setDefaultTimeout(600000);
    await page.goto(pathToFileURL(file).href);
    await page.evaluate(axe);
    for (const { width, scheme, runOnly } of LOOKS) {
      await page.setViewport({ width, height: 900 });
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      const { violations, passes } = await page.evaluate(
        (only) => window.axe.run(document, { runOnly: only, resultTypes: ['violations'] }), runOnly);
      console.error(`${path.basename(file)} ${width} ${scheme}: ${violations.map((fault) => fault.id).join(" ") || "nothing"}`);
      found.push({
        file, scheme, width, wide,
        passes: passes.length,
        violations: violations.map(({ id, help, nodes }) => (
          { id, help, count: nodes.length, first: nodes[0].html.slice(0, 200), why: nodes[0].failureSummary })),
      });
    }
    await page.close();
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(found, null, 1));
