// A dead spot: the day's visits are read and noted without a connection, a killed browser loses nothing, and what was noted is sent once.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { FLAGS, as, fillDay, look, photograph, start } from './kit.js'

let world, profile, phone
before(async () => {
  world = await start()
  profile = mkdtempSync(join(tmpdir(), 'think-family-phone-'))
})
after(async () => {
  await phone?.close()
  await world.stop()
  rmSync(profile, { recursive: true, force: true })
})

// A phone with a memory of its own, that survives its browser.
async function openPhone () {
  phone = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS, baseURL: world.base, viewport: { width: 360, height: 800 }
  })
  phone.setDefaultTimeout(8000)
  const page = phone.pages()[0] ?? await phone.newPage()
  page.faults = []
  return page
}

// Nothing is said goodbye to: what the browser has not put on disk is gone.
function killWhatRunsOn (folder) {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)) process.kill(Number(pid), 'SIGKILL')
    } catch { /* It ended by itself. */ }
  }
}

async function signIn (page, name) {
  await page.goto('/sign-in')
  await page.getByRole('button', { name, exact: true }).click()
  await page.getByRole('heading', { level: 1 }).waitFor()
}

async function planVisit (page, days) {
  await page.goto('/')
  await page.getByRole('link', { name: 'Amy Barlow', exact: true }).first().click()
  await page.getByRole('heading', { level: 1, name: 'Amy Barlow' }).waitFor()
  await page.goto(`${page.url().split('?')[0]}/visits/plan`)
  await fillDay(page, 'Which day?', days)
  await page.getByRole('button', { name: 'Plan this visit' }).click()
  await page.getByRole('heading', { level: 1 }).waitFor()
}

const keeps = (page) => page.locator('[data-offline-day="kept"]').waitFor({ state: 'attached' })
const databases = (page) => page.evaluate(async () => (await indexedDB.databases()).map((one) => one.name).filter((name) => name !== 'think-family'))

test('the day’s visits are kept on the phone, encrypted, and read where there is no connection', async () => {
  const page = await openPhone()
  await signIn(page, 'Sunita Rao')
  await planVisit(page, 0)
  await page.goto('/visits')
  await keeps(page)
  await page.evaluate(() => navigator.serviceWorker.ready)
  const kept = await page.evaluate(async () => {
    const { name } = (await indexedDB.databases()).find((one) => one.name !== 'think-family')
    const db = await new Promise((resolve) => { const opening = indexedDB.open(name); opening.onsuccess = () => resolve(opening.result) })
    const all = await new Promise((resolve) => { const asked = db.transaction('kept').objectStore('kept').getAll(); asked.onsuccess = () => resolve(asked.result) })
    db.close()
    const words = all.filter((one) => one.data).map((one) => new TextDecoder('latin1').decode(one.data)).join(' ')
    return { words, keys: all.filter((one) => one instanceof CryptoKey).map((key) => key.extractable) }
  })
  assert.deepEqual(kept.keys, [false])
  assert.equal(/Amy|Barlow|Hill Street/.test(kept.words), false, 'nothing of anybody stands in it in words')
  await world.kill()
  await page.goto('/visits')
  await page.getByRole('heading', { level: 1, name: 'No connection' }).waitFor()
  await page.getByRole('heading', { level: 2, name: /Home visit to/ }).waitFor()
  await photograph(page, 'offline-01-no-connection')
})

test('a browser that is killed while somebody types loses no word of it', async () => {
  const page = phone.pages()[0]
  await page.getByLabel(/Your note: Home visit/).fill('Saw both children. Amy rang the doctor herself.')
  await page.getByText('Kept on this device', { exact: true }).waitFor()
  killWhatRunsOn(profile)
  const opened = await openPhone()
  await opened.goto('/visits')
  const note = opened.getByLabel(/Your note: Home visit/)
  await note.waitFor()
  assert.equal(await note.inputValue(), 'Saw both children. Amy rang the doctor herself.')
  await opened.getByRole('button', { name: /This note is whole/ }).first().click()
  await opened.getByText('One note waits to be sent. You are not connected.').waitFor()
  await photograph(opened, 'offline-02-after-the-kill')
})

test('once there is a connection and she is signed in, the note is sent, once, and written down from', async () => {
  await world.again()
  const page = phone.pages()[0]
  await signIn(page, 'Sunita Rao')
  const tab = await phone.newPage()
  await Promise.all([page.goto('/'), tab.goto('/')])
  await tab.close()
  const link = page.getByRole('link', { name: /A note from your phone/ })
  await page.waitForFunction(() => !document.querySelector('[data-offline-status]')?.textContent)
  for (let tries = 0; tries < 20 && !(await link.count()); tries++) { await page.waitForLoadState('networkidle'); await page.reload() }
  assert.equal(await link.count(), 1)
  await link.click()
  await page.getByText('Amy rang the doctor herself').waitFor()
  page.faults = []
  await look(page, 'offline-03-note')
  await page.getByRole('button', { name: 'Say what came of the visit' }).click()
  assert.equal(await page.getByLabel('What happened?').inputValue(), 'Saw both children. Amy rang the doctor herself.')
  await page.getByRole('radio', { name: 'They met' }).check().catch(() => page.getByRole('radio').first().check())
  await page.getByRole('checkbox', { name: /Amy Barlow/ }).first().check()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Amy rang the doctor herself').waitFor()
  await page.goto('/')
  await page.getByRole('heading', { level: 1 }).waitFor()
  assert.equal(await link.count(), 0)
})

test('what somebody else wrote down meanwhile is shown beside the note, and neither is lost', async () => {
  const page = phone.pages()[0]
  await planVisit(page, 0)
  await page.goto('/visits')
  await keeps(page)
  const visit = await page.locator('[data-visit]').first().getAttribute('data-visit')
  await world.kill()
  await page.goto('/visits')
  await page.getByLabel(/Your note: Home visit/).fill('Nobody opened, but I heard the children')
  await page.getByRole('button', { name: /This note is whole/ }).first().click()
  await page.getByText(/One note waits to be sent/).waitFor()
  await world.again()
  const moira = await as(world, 'Moira Keane')
  await moira.goto(`/visits/${visit}/outcome`)
  await moira.getByLabel('What happened?').fill('Amy rang: they are at her sister’s')
  await moira.getByRole('radio').nth(0).check()
  await moira.getByRole('checkbox', { name: /Amy Barlow/ }).first().check()
  await moira.getByRole('button', { name: 'Save' }).click()
  await moira.getByText('they are at her sister’s').first().waitFor()
  await signIn(page, 'Sunita Rao')
  const link = page.getByRole('link', { name: /A note from your phone/ })
  for (let tries = 0; tries < 20 && !(await link.count()); tries++) { await page.waitForLoadState('networkidle'); await page.goto('/') }
  await link.click()
  await page.getByText('they are at her sister’s').first().waitFor()
  await page.getByText('I heard the children').waitFor()
  page.faults = []
  await look(page, 'offline-04-meanwhile')
  await page.getByText('Put it away').first().click()
  await page.getByLabel('Why is there nothing').fill('I added it as a contact')
  await page.getByRole('button', { name: 'Put it away' }).click()
  await page.getByRole('heading', { level: 1 }).waitFor()
  assert.equal(await link.count(), 0)
})

test('what is typed into a note after it was sent is a note of its own', async () => {
  const page = phone.pages()[0]
  await planVisit(page, 0)
  await page.goto('/visits')
  await keeps(page)
  await world.kill()
  await page.goto('/visits')
  await page.getByLabel(/Your note: Something else/).fill('Met the neighbour.')
  await page.getByText('Kept on this device', { exact: true }).waitFor()
  await world.again()
  const tab = await phone.newPage()
  await signIn(tab, 'Sunita Rao')
  const links = tab.getByRole('link', { name: /A note from your phone/ })
  for (let tries = 0; tries < 20 && await links.count() < 1; tries++) { await tab.waitForLoadState('networkidle'); await tab.goto('/') }
  // The page without a connection is still open, and so is what is typed in it.
  await page.getByLabel(/Your note: Something else/).fill('Met the neighbour. She is worried.')
  await page.getByRole('button', { name: /This note is whole/ }).last().click()
  for (let tries = 0; tries < 20 && await links.count() < 2; tries++) { await tab.waitForLoadState('networkidle'); await tab.goto('/') }
  assert.equal(await links.count(), 2)
  await links.last().click()
  await tab.getByText('She is worried').waitFor()
  await tab.close()
})

test('two who share a phone do not read, send or erase each other’s notes', async () => {
  const page = phone.pages()[0]
  const links = page.getByRole('link', { name: /A note from your phone/ })
  await page.goto('/')
  await page.getByRole('heading', { level: 1 }).waitFor()
  const before = await links.count()
  await page.goto('/visits')
  await keeps(page)
  await world.kill()
  await page.goto('/visits')
  await page.getByLabel(/Your note: Something else/).fill('Amy is afraid of him')
  await page.getByRole('button', { name: /This note is whole/ }).last().click()
  await page.getByText(/One note waits to be sent/).waitFor()
  await world.again()
  // Her session has ended; somebody else signs in, and out.
  await phone.clearCookies()
  await signIn(page, 'Moira Keane')
  await page.goto('/visits')
  await keeps(page)
  await world.kill()
  await page.goto('/visits')
  await page.getByRole('heading', { level: 2, name: 'Something else' }).waitFor()
  assert.equal(await page.getByText('Amy is afraid').count(), 0)
  assert.equal(await page.getByLabel(/Your note: Something else/).inputValue(), '')
  await world.again()
  await signIn(page, 'Moira Keane')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL('**/sign-in')
  // The phone erases them while the page comes.
  for (let tries = 0; tries < 20 && (await databases(page)).length > 1; tries++) await page.waitForLoadState('networkidle').then(() => page.goto('/sign-in'))
  assert.equal((await databases(page)).length, 1, 'hers is gone, and the other’s is not')
  await signIn(page, 'Sunita Rao')
  for (let tries = 0; tries < 20 && await links.count() <= before; tries++) { await page.waitForLoadState('networkidle'); await page.goto('/') }
  await links.last().click()
  await page.getByText('Amy is afraid of him').waitFor()
})

test('a phone whose owner’s sessions are taken back erases what it keeps as soon as it asks', async () => {
  const page = phone.pages()[0]
  await page.goto('/visits')
  await keeps(page)
  assert.equal((await databases(page)).length, 1)
  const elsewhere = await as(world, 'Sunita Rao')
  await elsewhere.goto('/account')
  await elsewhere.getByRole('button', { name: 'Sign out on every device' }).click()
  await elsewhere.getByRole('heading', { level: 1 }).waitFor()
  await page.goto('/sign-in')
  await page.waitForFunction(async () => (await indexedDB.databases()).every((one) => one.name === 'think-family'))
})

test('signing out erases what the phone keeps', async () => {
  const page = phone.pages()[0]
  await signIn(page, 'Sunita Rao')
  await page.goto('/visits')
  await keeps(page)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL('**/sign-in')
  assert.deepEqual(await databases(page), [])
})

test('signing out before the page’s scripts have come erases it with the next page', async () => {
  const page = phone.pages()[0]
  await signIn(page, 'Sunita Rao')
  await page.goto('/visits')
  await keeps(page)
  // As a form is sent that no script listens to.
  await page.evaluate(() => document.querySelector('form[action="/sign-out"]').submit())
  await page.waitForURL('**/sign-in')
  await page.waitForFunction(async () => (await indexedDB.databases()).every((one) => one.name === 'think-family'))
})

test('signing out erases it too where the server does not answer, and asks before it erases what was not sent', async () => {
  const page = phone.pages()[0]
  await signIn(page, 'Sunita Rao')
  await page.goto('/visits')
  await keeps(page)
  await phone.route('**/offline/*', (route) => route.abort())
  await world.kill()
  await page.goto('/visits')
  await page.getByLabel(/Your note: Something else/).fill('The boy was alone')
  await page.getByText('Kept on this device', { exact: true }).waitFor()
  await world.again()
  await page.goto('/visits')
  await page.getByText('One note waits to be sent').waitFor()
  const answer = async (how) => {
    const asked = page.waitForEvent('dialog').then(how)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await asked
  }
  await answer((dialog) => dialog.dismiss())
  assert.equal((await databases(page)).length, 1)
  await page.getByText('One note waits to be sent').waitFor()
  await answer((dialog) => dialog.accept())
  await page.waitForURL('**/sign-in')
  assert.deepEqual(await databases(page), [])
})
