// Axe (WCAG 2.2 AA) over every page in every state, at the width of a desk and of a phone.
import { AxeBuilder } from '@axe-core/playwright'
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { RULES, start } from './kit.js'

const folder = join(dirname(fileURLToPath(import.meta.url)), '../target/gallery')
const names = readdirSync(folder).filter((name) => name.endsWith('.html')).sort()
let world
before(async () => { world = await start({ records: 20 }) })
after(async () => { await world.stop() })

for (const width of [1100, 360]) {
  test(`all ${names.length} samples are clean at ${width} pixels`, async () => {
    const context = await world.browser.newContext({ baseURL: world.base, viewport: { width, height: 900 } })
    const page = await context.newPage()
    // The samples are given the program's own address, so that its styles and scripts apply under its own policy.
    await page.route('**/gallery/*', (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: readFileSync(join(folder, new URL(route.request().url()).pathname.split('/').pop())) }))
    const faults = []
    for (const name of names) {
      await page.goto(`/gallery/${name}`)
      const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze()
      faults.push(...violations.map((v) => `${name}: ${v.id}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 2).join('; ')}`))
      const wide = await page.evaluate(() => document.documentElement.scrollWidth)
      if (wide > width) faults.push(`${name}: ${wide} pixels wide`)
    }
    assert.deepEqual(faults, [])
    await context.close()
  })
}
