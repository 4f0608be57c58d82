// The service directory: a family finds help by itself, a service says what places it has, a need leads to the nearest, and one council reads another's.
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { as, look, photograph, root, start } from './kit.js'
import { faults } from './open-referral.js'

let world
before(async () => { world = await start() })
after(async () => { await world.stop() })

test('a family finds help near home without signing in, on a phone and without scripts', async () => {
  const context = await world.browser.newContext({ baseURL: world.base, javaScriptEnabled: false, viewport: { width: 360, height: 800 } })
  const mother = await context.newPage()
  await mother.goto('/find-help')
  await photograph(mother, 'directory-01-find-help')
  await mother.getByLabel('A need').selectOption({ label: 'A child who cares for a relative' })
  await mother.getByLabel('Nearest to a postcode').fill('bd18 3qx')
  await mother.getByRole('button', { name: 'Find services' }).click()
  await mother.getByText('450 m away').waitFor()
  await photograph(mother, 'directory-02-found')
  await mother.getByRole('link', { name: 'Young Carers' }).click()
  await mother.getByText('Open Hand House, 4 Station Road').waitFor()
  assert.equal(await mother.getByRole('link', { name: /01274/ }).getAttribute('href'), 'tel:01274960105')
  await photograph(mother, 'directory-03-service')
  assert.equal((await context.cookies()).length, 0, 'who looks for help leaves no trace')
  await context.close()
})

test('what is not known is said at its field, and nothing that was typed is lost', async () => {
  const helen = await as(world, 'Helen Marsh')
  await helen.goto('/services')
  await helen.getByLabel('What for').fill('english')
  await helen.getByLabel('Nearest to a postcode').fill('nowhere')
  await helen.getByRole('button', { name: 'Find services' }).click()
  await helen.getByText('Type a whole postcode, like BD3 9QX').first().waitFor()
  assert.equal(await helen.getByLabel('What for').inputValue(), 'english')
  await helen.getByRole('link', { name: 'English for All' }).waitFor()
  await look(helen, 'directory-04-error')
  await helen.getByLabel('Nearest to a postcode').fill('')
  await helen.getByLabel('What for').fill('nothing like it')
  await helen.getByRole('button', { name: 'Find services' }).click()
  await helen.getByText('a gap is worth knowing').waitFor()
  await look(helen, 'directory-05-none')
})

test('a service says what places it has in two moves, and whoever asks for support sees it at once with why it is suggested', async () => {
  const owen = await as(world, 'Owen Pryce')
  await owen.getByRole('link', { name: 'Services', exact: true }).click()
  await look(owen, 'directory-06-own')
  await owen.locator('#places-tenancy_support').fill('2')
  await owen.getByRole('button', { name: /of Home and Money/ }).click()
  await owen.getByText('2 places now').first().waitFor()
  await owen.goto('/services/tenancy_support')
  await owen.getByLabel('Places', { exact: true }).fill('many')
  await owen.getByRole('button', { name: 'Say so' }).click()
  await owen.getByText('Type a whole number, at most 999').first().waitFor()
  await look(owen, 'directory-07-error')
  const sunita = await as(world, 'Sunita Rao')
  await sunita.getByRole('link', { name: 'Amy Barlow', exact: true }).first().click()
  await sunita.getByRole('button', { name: 'Ask for support' }).click()
  await sunita.getByLabel('What do they need support with?').selectOption('rent_arrears')
  await sunita.getByRole('button', { name: 'Show services' }).click()
  await sunita.getByText('2 places now').waitFor()
  assert.match(await sunita.locator('main').innerText(), /Home and Money[\s\S]*450 m away/)
  await look(sunita, 'directory-08-suggested')
})

test('every address of the standard answers as the standard says', async () => {
  const { asked, found } = await faults(`${world.base}/open-referral`)
  assert.deepEqual(found, [])
  assert.ok(asked > 50, `${asked} addresses were asked`)
})

test('one council reads the directory of another, and its services are found beside its own', async () => {
  const area = mkdtempSync(join(tmpdir(), 'think-family-area-'))
  cpSync(join(root, 'areas/example'), area, { recursive: true })
  const named = (folder, file, change) => writeFileSync(join(folder, file), change(readFileSync(join(folder, file), 'utf8')))
  named(area, 'area.toml', (text) => text.replace(/^code = .*$/m, 'code = "next_door"'))
  named(area, 'services.toml', (text) => text.replaceAll('name = "Young Carers"', 'name = "Carers Next Door"'))
  const other = await start({ area, second: true })
  const reads = mkdtempSync(join(tmpdir(), 'think-family-area-'))
  cpSync(join(root, 'areas/example'), reads, { recursive: true })
  named(reads, 'directory.toml', (text) => `${text}
[[source]]
id = "next_door"
name = "The council next door"
url = "${other.base}/open-referral"
licence = "Open Government Licence 3.0"

[source.meets]
young_carer = ["young_carer"]
`)
  await world.stop()
  world = await start({ area: reads })
  try {
    const joy = await as(world, 'Joy Mensah')
    await joy.goto('/directories')
    await look(joy, 'directory-09-sources')
    const helen = await as(world, 'Helen Marsh')
    await helen.goto('/services?words=next+door')
    const found = helen.getByRole('link', { name: 'Carers Next Door' })
    await joy.getByRole('button', { name: 'Read it now' }).click()
    for (let tries = 0; tries < 200 && await found.count() === 0; tries += 1) await helen.reload()
    await found.click()
    await helen.getByText('The council next door').waitFor()
    await look(helen, 'directory-10-of-another')
    await joy.reload()
    await joy.getByText('Found here').waitFor()
    await look(joy, 'directory-11-read')
  } finally {
    await other.stop()
    rmSync(area, { recursive: true, force: true })
    rmSync(reads, { recursive: true, force: true })
  }
})
