// Look at a preview in Chromium while the spec changes; print what was seen as JSON.
//
//   SPECFLOW_AXE=folder-with-node_modules CHROMIUM=/usr/bin/chromium node preview.mjs URL spec.yaml [folder for pictures]

import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const load = createRequire(path.join(path.resolve(process.env.SPECFLOW_AXE), 'package.json'));
const puppeteer = load('puppeteer-core');
const axe = readFileSync(load.resolve('axe-core/axe.min.js'), 'utf8');
const [url, spec, pictures] = process.argv.slice(2);
const PATIENCE = { timeout: 240000 };

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM, protocolTimeout: 600000, timeout: 120000,
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'],
});
const seen = { errors: [] };
try {
  const page = await browser.newPage();
  page.on('pageerror', (fault) => seen.errors.push(fault.message));
  page.on('console', (message) => message.type() === 'error' && seen.errors.push(message.text()));
  await page.setViewport({ width: 1280, height: 700 });
  await page.goto(url, { waitUntil: 'domcontentloaded' });

  const shows = (words) => page.waitForFunction((text) => {
    const frame = document.querySelector('iframe:not(.coming)');
    return frame?.contentDocument?.body?.innerText.includes(text);
  }, { ...PATIENCE, polling: 20 }, words);
  const scrolled = () => page.evaluate(() => document.querySelector('iframe:not(.coming)').contentWindow.scrollY);
  const picture = async (name) => pictures && page.screenshot({ path: path.join(pictures, `${name}.png`) });
  const save = (text) => {
    writeFileSync(spec, text);
    return Date.now();
  };
  const faults = async () => {
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run(document, { iframes: false, resultTypes: ['violations'] }));
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 120)}`);
  };

  await shows('FIRST-WORDS');
  await page.evaluate(() => document.querySelector('iframe').contentWindow.scrollTo(0, 900));
  seen.before = await scrolled();
  await picture('good');
  seen.axe = await faults();

  const text = readFileSync(spec, 'utf8');
  let at = save(text.replace('FIRST-WORDS', 'SECOND-WORDS'));
  await shows('SECOND-WORDS');
  seen.milliseconds = Date.now() - at;
  seen.after = await scrolled();

  save(text.replace('FIRST-WORDS', 'SECOND-WORDS').replace('version:', 'verson:'));
  await page.waitForFunction(
    () => document.querySelector('#overlay:not([hidden]) .at')?.innerText.includes('verson'), { ...PATIENCE, polling: 20 });
  seen.overlay = await page.$eval('#overlay', (overlay) => overlay.innerText);
  seen.line = await page.$eval('#overlay .at', (line) => line.innerText);
  seen.behind = await page.evaluate(() => document.querySelector('iframe').contentDocument.body.innerText.includes('SECOND-WORDS'));
  seen.axe.push(...await faults());
  await picture('broken');
  await page.setViewport({ width: 375, height: 800 });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
  await picture('broken-phone-dark');
  seen.wide = await page.evaluate(() => document.documentElement.scrollWidth);
  seen.axe.push(...await faults());
  await page.setViewport({ width: 1280, height: 700 });

  at = save(text.replace('FIRST-WORDS', 'THIRD-WORDS'));
  await shows('THIRD-WORDS');
  seen.mended = await page.$eval('#overlay', (overlay) => overlay.hidden);
  seen.again = await scrolled();
} finally {
  await browser.close();
}
console.log(JSON.stringify(seen));
