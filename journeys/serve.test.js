// As an area runs it: its own certificate, jobs in a process of their own, somebody let in by a link.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { chromium } from 'playwright-core'
import { FLAGS, binary, codeOf, photograph, root } from './kit.js'

const data = mkdtempSync(join(tmpdir(), 'think-family-serve-'))
const open = ['--data', data, '--area', join(root, 'areas/example'), '--database', `sqlite:${data}/think-family.sqlite`]
const port = 41000 + process.pid % 20000
const base = `https://localhost:${port}`
const programs = []
let browser

function run (...more) {
  const program = spawn(binary, [...open, ...more], { stdio: 'inherit' })
  programs.push(program)
  return program
}

after(async () => {
  await browser?.close()
  for (const program of programs) program.kill('SIGKILL')
  rmSync(data, { recursive: true, force: true })
})

async function untilItAnswers (page) {
  for (let tries = 0; tries < 200; tries++) {
    const answer = await page.request.get(`${base}/health`, { timeout: 1000 }).catch(() => null)
    if (answer?.status() === 204) return
    await page.waitForTimeout(100)
  }
  throw new Error('the program does not answer')
}

test('the program speaks TLS itself, and a process of its own works off what the page put in the queue', async () => {
  const [certificate, key] = [join(data, 'chain.pem'), join(data, 'key.pem')]
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
    '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', certificate], { stdio: 'ignore' })
  const said = execFileSync(binary, [...open, '--json', 'user', 'add', 'ravi@council.example', '--name', 'Ravi Shah', '--agency', 'council',
    '--role', 'area_administrator', '--cleared'])
  const serving = run('serve', '--port', String(port), '--no-work', '--certificate', certificate, '--key', key)
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS })
  const page = await (await browser.newContext({ baseURL: base, ignoreHTTPSErrors: true })).newPage()
  page.setDefaultTimeout(8000)
  await untilItAnswers(page)
  await assert.rejects(fetch(`http://localhost:${port}/health`), 'it answers nobody in clear')

  const answer = await page.goto(new URL(JSON.parse(said).link, base).pathname)
  assert.match(answer.headers()['strict-transport-security'], /max-age/)
  await page.getByLabel('Password', { exact: true }).fill('three walls and a door')
  await page.getByRole('button', { name: 'Save password' }).click()
  await page.getByLabel('Email address').fill('ravi@council.example')
  await page.getByLabel('Password', { exact: true }).fill('three walls and a door')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByLabel('Code').fill(codeOf(await page.locator('.govuk-inset-text').innerText()))
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'I have kept them' }).click()

  await page.goto('/feeds')
  const header = 'rec_id,source,first_name,middle_name,last_name,dob,sex,house,street,town,postcode,phone,email,nhs,upn,nino,year'
  const row = 'x1,gp,Una,,Feather,1980-02-03,F,3,Mill Lane,Otley,LS21 1AA,,,9990548609,,,2026'
  await page.getByLabel('Whose extract is it?').selectOption('gp')
  await page.getByLabel('The file').setInputFiles({ name: 'gp.csv', mimeType: 'text/csv', buffer: Buffer.from(`${header}\n${row}\n`) })
  await page.getByRole('button', { name: 'Load' }).click()
  await page.getByRole('heading', { level: 1 }).waitFor()
  assert.equal(await page.getByText('Done', { exact: true }).count(), 0, 'nobody works yet')
  run('work')
  await page.getByText('Done', { exact: true }).waitFor({ timeout: 20000 })
  await photograph(page, '40-ravi-feed')

  const ended = new Promise((resolve) => serving.on('exit', resolve))
  serving.kill('SIGTERM')
  assert.equal(await ended, 0, 'told to stop, it ends well')
})
