// The release build with made-up families, asked as a browser asks it: what every bench of it needs.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')
export const binary = process.env.THINKFAMILY ?? join(root, 'target/release/thinkfamily')
export const data = mkdtempSync(join(tmpdir(), 'think-family-bench-'))
export const engine = process.argv[2] ?? 'sqlite'
export const records = process.argv[3] ?? '17500'
const port = 18080
const TICKS = 100
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 })

// What the program is run with: a folder, an area, and on PostgreSQL a database of its own.
export function argsFor (area) {
  const args = ['--data', data, '--area', area]
  if (engine === 'postgres') {
    const server = process.env.TEST_POSTGRES_URL
    const name = `bench_${process.pid}`
    execFileSync('psql', ['-q', server, '-c', `CREATE DATABASE ${name} TEMPLATE template0 LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'`])
    args.push('--database', server.replace(/\/[^/]*$/, `/${name}`))
  }
  return args
}

export function ask (method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = { cookie: ask.cookie ?? '' }
    if (body !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded'
    const request = http.request({ port, method, path, headers, agent }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (words) => { text += words })
      answer.on('end', () => resolve({ status: answer.statusCode, text, headers: answer.headers }))
    })
    request.on('error', reject)
    request.end(body)
  })
}
export const must = (answer, status) => { if (answer.status !== status) throw new Error(`${answer.status}: ${answer.text.slice(0, 400)}`); return answer }
export const hidden = (text, name) => new RegExp(`name="${name}" value="([^"]*)"`).exec(text)[1]
export const peopleIn = (said) => [...said.matchAll(/(\d+) people who/g)].reduce((sum, m) => sum + Number(m[1]), 0)
// Keys that no other press has, after the first 24 digits of one that a page gave.
export const onceAfter = (stem, n) => stem.slice(0, 24) + (n + Date.now() % 1e9 * 1e3).toString(16).padStart(12, '0').slice(-12)

// Serves until `close`; answers when the first answer came.
export async function serve (args) {
  const program = spawn(binary, [...args, 'demo', '--port', String(port)], { stdio: ['ignore', 'ignore', 'inherit'] })
  for (;;) {
    const up = await ask('GET', '/health').catch(() => null)
    if (up?.status === 204) break
  }
  const ended = new Promise((resolve) => program.on('exit', resolve))
  const cpu = () => {
    const fields = readFileSync(`/proc/${program.pid}/stat`, 'utf8').split(') ')[1].split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS
  }
  const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${program.pid}/status`, 'utf8'))[1]) / 1024
  const close = async () => {
    program.kill('SIGKILL')
    await ended
    agent.destroy()
    rmSync(data, { recursive: true, force: true })
  }
  return { cpu, memory, close }
}

export async function signIn (name) {
  signIn.door ??= (await ask('GET', '/sign-in')).text
  const form = [...signIn.door.matchAll(/action="(\/sign-in\/as\/[^"]+)"[^<]*<button[^>]*>\s*([^<]+?)\s*</g)].find((m) => m[2] === name)
  return /__Host-session=\w+/.exec((await ask('POST', form[1], '')).headers['set-cookie'].join(';'))[0]
}

// Times tasks, one row of the table in docs/benchmarks.md for each.
export function table (people, program) {
  const rows = []
  const tell = (task, times, cpu, rate) => {
    times.sort((a, b) => a - b)
    const at = (p) => times[Math.min(times.length - 1, Math.floor(times.length * p))].toFixed(1)
    rows.push(`| ${engine} | ${people} | ${task} | ${at(0.5)} | ${at(0.99)} | ${rate ?? ''} | ${(cpu * 1000 / times.length).toFixed(2)} |`)
  }
  const measure = async (task, count, once) => {
    for (let n = 0; n < Math.min(20, count / 5); n++) await once(n)
    const times = []
    const before = program.cpu()
    for (let n = 0; n < count; n++) {
      const start = performance.now()
      await once(n + 1000)
      times.push(performance.now() - start)
    }
    tell(task, times, program.cpu() - before)
  }
  return { rows, tell, measure }
}
