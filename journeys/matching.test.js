// Who is one person: extracts come in, what agrees well enough comes together, a coordinator says of the rest, a second person where it
// is risky, and what was wrong is taken apart again. A worker finds people by what she heard of them.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { as, look, photograph, start } from './kit.js'

const HEADER = 'rec_id,source,first_name,middle_name,last_name,dob,sex,house,street,town,postcode,phone,email,nhs,upn,nino,year'
const GP = [
  'g1,gp,Bronwen,,Prydderch,1984-02-11,F,7,Quarry Brow,Shipley,BD18 4QT,07700900411,,9434765919,,,2026',
  'g2,gp,Gethin,,Prydderch,2013-06-30,M,7,Quarry Brow,Shipley,BD18 4QT,07700900411,,9434765870,,,2026'
]
const POLICE = [
  'p1,police,Bronwen,,Prydderch,1984-02-11,F,7,Quarry Brow,Shipley,BD18 4QT,07700900411,,,,,2026',
  'p2,police,Gethyn,,Prydderch,2013-06-13,M,,,,,,,,,,2026'
]

let world, folder
before(async () => {
  world = await start({ records: 60 })
  folder = mkdtempSync(join(tmpdir(), 'think-family-extracts-'))
})
after(async () => {
  await world.stop()
  rmSync(folder, { recursive: true })
})

async function load (page, source, rows) {
  const path = join(folder, `${source}.csv`)
  writeFileSync(path, [HEADER, ...rows, ''].join('\n'))
  await page.goto('/feeds')
  const option = page.getByLabel('Whose extract is it?').locator(`option[value=${source}]`)
  await page.getByLabel('Whose extract is it?').selectOption({ label: await option.innerText() })
  await page.getByLabel('The file, as CSV').setInputFiles(path)
  await page.getByRole('button', { name: 'Load' }).click()
  await page.waitForURL(/feeds\/./)
}

// Jobs do their work by themselves: the page is looked at again until it says so.
async function until (page, path, text) {
  for (;;) {
    await page.goto(path)
    if (await page.getByText(text).first().isVisible()) return
  }
}

test('a record that agrees in everything is placed, and one that is in doubt waits', { timeout: 120000 }, async () => {
  const page = await as(world, 'Joy Mensah')
  await load(page, 'gp', GP)
  await until(page, '/search?q=bronwen+prydderch&why=contact', 'Bronwen Prydderch')
  const moira = await as(world, 'Moira Keane')
  await moira.goto('/search?q=bronwen+prydderch&why=contact')
  await moira.getByRole('link', { name: 'Bronwen Prydderch' }).first().click()
  await moira.getByRole('button', { name: 'Make a family of them' }).click()
  await load(page, 'police', POLICE)
  await until(page, '/matches?settled=yes', 'Bronwen Prydderch')
  await until(page, '/matches', 'Gethyn Prydderch')
  await look(page, 'matching-1-who-waits')
})

test('a coordinator sees the two side by side, and why; says they are one; and a second person looks where it is risky', async () => {
  const page = await as(world, 'Joy Mensah')
  await page.getByRole('navigation').getByRole('link', { name: 'One person?' }).click()
  await page.getByRole('link', { name: /Gethyn Prydderch/ }).click()
  await page.getByRole('cell', { name: 'Gethin Prydderch' }).waitFor()
  await page.getByText('How much each field says').click()
  await look(page, 'matching-2-side-by-side')
  const address = page.url()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Choose whether they are one person').first().waitFor()
  await look(page, 'matching-3-what-is-missing')
  await page.getByLabel('I cannot tell yet').check()
  await page.getByLabel('Why?').fill('I have asked his school')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Joy Mensah could not tell: I have asked his school').waitFor()
  const narrow = await as(world, 'Moira Keane', { javaScriptEnabled: false, width: 360 })
  await narrow.goto(address)
  await photograph(narrow, 'matching-4-on-a-phone-without-scripts')
  await narrow.getByLabel('They are two people').check()
  await narrow.getByLabel('Why?').fill('His cousin: both are in my caseload')
  await narrow.getByRole('button', { name: 'Save' }).click()
  await narrow.getByText('Who may be one person').waitFor()
  await page.goto('/matches')
  assert.equal(await page.getByText('Gethyn').count(), 0)
})

test('what was placed is taken apart again, and stays apart', async () => {
  const page = await as(world, 'Joy Mensah')
  await page.goto('/matches?settled=yes')
  const card = page.locator('.tf-card', { hasText: 'Bronwen' })
  await card.getByRole('link', { name: /Take apart again/ }).click()
  await page.getByRole('heading', { name: /Take Bronwen Prydderch/ }).waitFor()
  await look(page, 'matching-5-taking-apart')
  await page.getByRole('button', { name: 'Take apart' }).click()
  await page.getByText('Your reason').first().waitFor()
  await page.getByLabel('Why are they two people?').fill('Her mother of the same name')
  await page.getByRole('button', { name: 'Take apart' }).click()
  await page.getByText('Two people, said Joy Mensah').first().waitFor()
  await look(page, 'matching-6-settled')
})

test('who lives with a family is proposed to it, and belongs once somebody says so', async () => {
  const page = await as(world, 'Joy Mensah')
  await page.goto('/matches')
  await page.getByRole('link', { name: 'See who may belong to a family' }).click()
  await look(page, 'matching-9-who-may-belong')
  await page.getByRole('link', { name: /Gethin Prydderch/ }).click()
  await look(page, 'matching-10-of-this-family')
  await page.getByLabel('Yes, as a member').check()
  await page.getByLabel('Why?').fill('Her son: his school says so')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'Who may belong to a family' }).waitFor()
  const moira = await as(world, 'Moira Keane')
  await moira.goto('/search?q=bronwen+prydderch&why=contact')
  await moira.getByRole('link', { name: 'Bronwen Prydderch' }).first().click()
  await moira.getByText('Gethin Prydderch').first().waitFor()
})

test('a worker finds somebody by a short form of the name, and is shown who is alike before she enters anybody', async () => {
  const page = await as(world, 'Helen Marsh')
  await page.goto('/search?q=bron+pridderch&why=contact')
  await page.getByRole('heading', { name: 'Much like what you typed' }).waitFor()
  await page.getByRole('link', { name: 'Bronwen Prydderch' }).first().waitFor()
  await look(page, 'matching-7-much-like')
  await page.goto('/people/new?q=bronwyn+prydderch')
  await page.getByRole('group', { name: 'Date of birth' }).getByLabel('Year').fill('1984')
  await page.getByRole('group', { name: 'Date of birth' }).getByLabel('Month').fill('2')
  await page.getByRole('group', { name: 'Date of birth' }).getByLabel('Day').fill('11')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'Is it one of these?' }).waitFor()
  await look(page, 'matching-8-is-it-one-of-these')
})

test('whoever has no such role sees neither the queue nor a link to it', async () => {
  const page = await as(world, 'Helen Marsh')
  assert.equal(await page.getByRole('link', { name: 'One person?' }).count(), 0)
  await page.goto('/matches')
  await page.getByRole('heading', { level: 1 }).waitFor()
  assert.equal(await page.getByText('waits for somebody').count(), 0)
})
