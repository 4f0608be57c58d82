// Notes taken without a connection: kept on this device, encrypted, for whoever signed in on it last; sent once, when there is one again.
const DAY_MS = 24 * 3600 * 1000
const shell = document.querySelector('[data-offline-shell]')
const list = document.querySelector('[data-offline-day]')
const status = document.querySelector('[data-offline-status]')
const say = (words) => { if (status && status.textContent !== words) status.textContent = words }
const csrf = () => document.querySelector('form[action="/sign-out"] [name="csrf"]')?.value
const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result)
  request.onerror = () => reject(request.error)
})
const post = (path, fields) => fetch(path, { method: 'POST', redirect: 'error', body: new URLSearchParams(fields) }).catch(() => null)

const open = (name) => {
  const opening = indexedDB.open(name, 1)
  opening.onupgradeneeded = () => opening.result.createObjectStore('kept')
  return done(opening)
}

// Who signed in on this device last. Not in local storage, which a killed browser may forget.
async function owner (change) {
  const db = await open('think-family')
  const writing = db.transaction('kept', 'readwrite', { durability: 'strict' })
  const store = writing.objectStore('kept')
  if (change === null) store.delete('owner')
  else if (change) store.put(change, 'owner')
  const known = await done(store.get('owner'))
  await new Promise((resolve) => { writing.oncomplete = resolve })
  db.close()
  return known
}

// What is kept for one owner: everything under a key that never leaves the browser's own keeping.
class Kept {
  static async of (whose) {
    const db = await open(`think-family-${whose}`)
    db.onversionchange = () => db.close()
    const fresh = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
    const writing = db.transaction('kept', 'readwrite', { durability: 'strict' })
    const store = writing.objectStore('kept')
    const known = await done(store.get('key'))
    if (!known) store.put(fresh, 'key')
    await new Promise((resolve, reject) => { writing.oncomplete = resolve; writing.onabort = () => reject(writing.error) })
    return Object.assign(new Kept(), { whose, db, isErased: false, key: known ?? fresh })
  }

  async put (id, value) {
    const iv = crypto.getRandomValues(new Uint8Array(12))
    const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, this.key, new TextEncoder().encode(JSON.stringify(value)))
    const writing = this.db.transaction('kept', 'readwrite', { durability: 'strict' })
    writing.objectStore('kept').put({ iv, data }, id)
    return new Promise((resolve, reject) => { writing.oncomplete = resolve; writing.onabort = () => reject(writing.error) })
  }

  async get (id) {
    const sealed = await done(this.db.transaction('kept').objectStore('kept').get(id))
    if (!sealed) return null
    const open = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: sealed.iv }, this.key, sealed.data)
    return JSON.parse(new TextDecoder().decode(open))
  }

  async delete (id) { await done(this.db.transaction('kept', 'readwrite', { durability: 'strict' }).objectStore('kept').delete(id)) }

  async notes () {
    const ids = (await done(this.db.transaction('kept').objectStore('kept').getAllKeys())).filter((id) => id.startsWith('note-'))
    return Promise.all(ids.map((id) => this.get(id)))
  }

  async erase () {
    this.db.close()
    this.isErased = true
    await owner(null)
    await done(indexedDB.deleteDatabase(`think-family-${this.whose}`))
  }
}

async function current () {
  const known = await owner()
  return known ? Kept.of(known) : null
}

const unsent = async (kept) => kept.isErased ? [] : (await kept.notes()).filter((note) => note.words.trim())

// Sends what waits, one window at a time; whatever was not taken stays. Returns what stands in the way, if anything does.
const send = (kept, withDrafts) => navigator.locks.request('think-family-send', async () => {
  const { device } = await kept.get('device') ?? {}
  const answer = device && await post('/offline/state', { device })
  if (!answer?.ok) return 'You are not connected'
  const state = await answer.json()
  if (state.erase) {
    await kept.erase()
    return 'What was kept on this device is erased'
  }
  const waiting = (await unsent(kept)).filter((note) => note.kept || withDrafts)
  if (waiting.length && !state.csrf) return 'Sign in again to send what you noted'
  for (const note of waiting) {
    const sent = await post('/offline/notes', { csrf: state.csrf, id: note.id, visit: note.visit, words: note.words, written: note.at })
    if (sent?.status === 204) await kept.delete(`note-${note.id}`)
    else if (sent?.status === 422) return `Not sent: ${await sent.text()}`
    else return 'You are not connected'
  }
  return ''
})

async function tell (kept, problem = '') {
  const waiting = (await unsent(kept)).length
  const count = waiting === 1 ? 'One note waits to be sent.' : waiting ? `${waiting} notes wait to be sent.` : ''
  say([count, problem && `${problem}.`].filter(Boolean).join(' '))
}

// On the page of the day's visits: keeps them for where there is no connection, for a day.
async function keepDay () {
  await navigator.serviceWorker.register('/offline-worker.js')
  let kept = await current()
  const known = kept && await kept.get('device')
  const answer = known && await post('/offline/state', { device: known.device })
  const state = answer?.ok ? await answer.json() : null
  if (!known || (state && !state.csrf)) {
    // The first time, or somebody else: what the one before left unsent stays theirs until they sign in here again.
    if (state?.erase) await kept.erase()
    const registered = await post('/offline/device', { csrf: csrf() })
    if (!registered?.ok) return
    const { device, owner: newest } = await registered.json()
    kept = await Kept.of(newest)
    await kept.put('device', { device })
    await owner(newest)
  }
  // Of a visit to somebody shielded, nothing is kept but when it is.
  const visits = [...list.querySelectorAll('[data-visit]')].map((card) => card.dataset.title
    ? { id: card.dataset.visit, title: card.dataset.title, lines: [...card.querySelectorAll('p')].slice(1, -1).map((line) => line.innerText) }
    : { id: card.dataset.visit, title: `A visit, ${card.dataset.when}`, lines: [] })
  await kept.put('day', { at: Date.now(), visits })
  await navigator.serviceWorker.ready
  list.dataset.offlineDay = 'kept'
}

function element (name, attributes, ...inside) {
  const made = Object.assign(document.createElement(name), attributes)
  made.append(...inside)
  return made
}

// One visit without a connection, or a note about none: what is typed is kept as it is typed, and sent once it is said to be whole.
function card (kept, visit, note) {
  const id = `words-${note.id}`
  const box = element('textarea', { id, className: 'govuk-textarea', rows: 5, maxLength: Number(shell.dataset.most), value: note.words })
  const state = element('p', { className: 'govuk-hint' }, note.words ? 'Kept on this device' : '')
  const button = element('button', { type: 'button', className: 'govuk-button govuk-button--secondary' }, 'This note is whole: send it when connected')
  const keep = async (whole) => {
    Object.assign(note, { words: box.value, at: Date.now(), kept: whole })
    await kept.put(`note-${note.id}`, note)
    state.textContent = whole ? 'Kept, and sent when you are connected' : 'Kept on this device'
    await tell(kept)
  }
  box.addEventListener('input', () => keep(false))
  button.addEventListener('click', async () => { await keep(true); await tell(kept, await send(kept, false)) })
  return element('div', { className: 'tf-card' }, element('h2', { className: 'govuk-heading-s' }, visit.title),
    ...visit.lines.map((line) => element('p', { className: 'govuk-body tf-wrap' }, line)),
    element('label', { className: 'govuk-label', htmlFor: id }, 'Your note', element('span', { className: 'govuk-visually-hidden' }, `: ${visit.title}`)), box, state, button)
}

async function fill () {
  const kept = await current()
  if (!kept) return shell.replaceChildren(element('p', { className: 'govuk-body' }, 'Nothing is kept on this device. Open “Your visits” once while you are connected.'))
  const day = await kept.get('day')
  const visits = day && Date.now() - day.at < DAY_MS ? day.visits : []
  const notes = await kept.notes()
  const of = (visit) => notes.find((note) => note.visit === visit) ?? { id: crypto.randomUUID(), visit, words: '', at: 0, kept: false }
  const known = visits.map((visit) => card(kept, visit, of(visit.id)))
  const others = notes.filter((note) => note.visit && !visits.some((visit) => visit.id === note.visit))
  const rest = others.map((note) => card(kept, { title: 'A visit of another day', lines: [] }, note))
  shell.replaceChildren(...known, ...rest, card(kept, { title: 'Something else', lines: [] }, of('')))
  await tell(kept)
}

async function start () {
  if (shell) {
    await fill()
    window.addEventListener('online', async () => { const kept = await current(); if (kept) await tell(kept, await send(kept, false)) })
    return
  }
  if (list) await keepDay()
  const kept = await current()
  if (!kept) return
  for (const form of document.querySelectorAll('form[action="/sign-out"], form[action="/account/sign-out-everywhere"]')) {
    form.addEventListener('submit', async (event) => {
      event.preventDefault()
      await send(kept, true)
      if ((await unsent(kept)).length && !window.confirm('Notes on this device were not sent, and signing out erases them. Sign out all the same?')) return
      if (!kept.isErased) {
        await post('/offline/forget', { ...await kept.get('device'), csrf: csrf() })
        await kept.erase()
      }
      form.submit()
    })
  }
  await tell(kept, await send(kept, true))
}

start()
