// What every journey needs: the program on a database of its own, a browser, somebody signed in, and axe on every page.
import { AxeBuilder } from '@axe-core/playwright'
import { chromium } from 'playwright-core'
import assert from 'node:assert/strict'
import { spawn, execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')
export const binary = process.env.THINKFAMILY ?? join(root, 'target/debug/thinkfamily')
export const results = join(root, 'journeys/results')
mkdirSync(results, { recursive: true })

export const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync']
export const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

let started = 0

// Starts the demonstration on SQLite, or on PostgreSQL when JOURNEY_POSTGRES_URL names a server.
// A second one beside it says so; and one of another area names the area's folder.
export async function start ({ records = 400, area = join(root, 'areas/example'), second = false, env = {} } = {}) {
  const data = mkdtempSync(join(tmpdir(), 'think-family-journey-'))
  // Below the ports that the system gives to whoever connects.
  const port = (second ? 8000 : 20000) + Math.floor(process.pid % 12000)
  const args = ['--data', data, '--area', area]
  const server = process.env.JOURNEY_POSTGRES_URL
  if (server) {
    // One after the other, each on a database of its own.
    started += 1
    const name = `journey_${process.pid}_${port}_${started}`
    execFileSync('psql', ['-q', server, '-c', `CREATE DATABASE ${name} TEMPLATE template0 LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'`])
    args.push('--database', server.replace(/\/[^/]*$/, `/${name}`))
  }
  // How the command line opens what the demonstration serves.
  const database = server ? args.at(-1) : `sqlite:${data}/demo/think-family.sqlite`
  const open = ['--data', join(data, 'demo'), '--area', area, '--database', database]
  const base = `http://localhost:${port}`
  let daysAhead = 0
  const run = async () => {
    const program = spawn(binary, [...args, 'demo', '--port', String(port), '--records', String(records), '--days-ahead', String(daysAhead)], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } })
    let said = ''
    program.stderr.on('data', (words) => { said += words })
    await new Promise((resolve, reject) => {
      program.stdout.on('data', (words) => { said += words; if (said.includes('runs on')) resolve() })
      program.on('exit', () => reject(new Error(`the program ended: ${said}`)))
    })
    await untilItAnswers(base, program)
    return program
  }
  let program = await run()
  // The network is dead for whoever uses it; and then it is back.
  const kill = async () => {
    program.removeAllListeners('exit')
    if (program.exitCode !== null || program.signalCode !== null) return
    const ended = new Promise((resolve) => program.on('exit', resolve))
    program.kill('SIGKILL')
    await ended
  }
  const again = async () => { program = await run() }
  // The program goes on so many days later.
  const later = async (days) => {
    daysAhead += days
    await kill()
    await again()
  }
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS })
  const stop = async () => {
    await browser.close()
    await kill()
    rmSync(data, { recursive: true, force: true })
  }
  return { base, browser, stop, kill, again, later, binary, open }
}

async function untilItAnswers (base, program) {
  while (program.exitCode === null) {
    const answer = await fetch(`${base}/health`).catch(() => null)
    if (answer?.ok) return
    await new Promise((resolve) => setImmediate(resolve))
  }
  throw new Error('the program ended')
}

// RFC 6238 with SHA-1, six digits, thirty seconds: what an authenticator app does.
export function codeOf (secret, at = Date.now()) {
  const bits = [...secret.replace(/[ =]/g, '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(at / 30000)))
  const digest = createHmac('sha1', key).update(step).digest()
  const offset = digest.at(-1) & 15
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1e6).padStart(6, '0')
}

// Opens a browser of their own for a made-up person.
export async function as (world, name, { javaScriptEnabled = true, width = 1100 } = {}) {
  const context = await world.browser.newContext({ baseURL: world.base, javaScriptEnabled, viewport: { width, height: 900 } })
  context.setDefaultTimeout(8000)
  const page = await context.newPage()
  page.faults = []
  page.on('console', (message) => { if (message.type() === 'error') page.faults.push(message.text()) })
  page.on('pageerror', (error) => page.faults.push(String(error)))
  await page.goto('/sign-in')
  await page.getByRole('button', { name, exact: true }).click()
  await page.getByRole('heading', { level: 1 }).waitFor()
  return page
}

// Looks at a page as people do: a screenshot, no fault in the console, and axe finds nothing (WCAG 2.2 AA).
export async function look (page, name) {
  await page.screenshot({ path: join(results, `${name}.png`), fullPage: true })
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze()
  const found = violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join('; ')}`)
  assert.deepEqual(found, [], `axe on ${name}`)
  assert.deepEqual(page.faults.filter((fault) => !/status of (403|404|409|422)/.test(fault)), [], `the console on ${name}`)
}

// Axe needs scripts; without them a page is only photographed.
export async function photograph (page, name) {
  await page.screenshot({ path: join(results, `${name}.png`), fullPage: true })
}

// Types the day that is so many days from now into the boxes of a day.
export async function fillDay (page, group, days) {
  const on = new Date(Date.now() + days * 24 * 3600 * 1000)
  const box = page.getByRole('group', { name: group })
  await box.getByLabel('Day').fill(String(on.getDate()))
  await box.getByLabel('Month').fill(String(on.getMonth() + 1))
  await box.getByLabel('Year').fill(String(on.getFullYear()))
}
