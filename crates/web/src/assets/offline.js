// Notes taken without a connection: kept on this device, encrypted, each in the store of who wrote it; sent once, when there is a connection again.
const DAY_MS = 24 * 3600 * 1000
const WAIT_MS = 6000
const shell = document.querySelector('[data-offline-shell]')
const list = document.querySelector('[data-offline-day]')
const waitingHere = document.querySelector('[data-offline-waiting]')
const status = document.querySelector('[data-offline-status]')
// Whether nothing is kept on this device for anybody, as far as is known; and whether somebody is signing out.
let [isEmpty, isLeaving] = [false, false]
const say = (words) => { if (status && status.textContent !== words) status.textContent = words }
const signOut = document.querySelector('form[action="/sign-out"]')
const csrf = signOut?.elements.csrf.value
const me = signOut?.dataset.whose
const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result)
  request.onblocked = () => resolve()
  request.onerror = () => reject(request.error)
})
const whole = (writing) => new Promise((resolve, reject) => {
  writing.oncomplete = resolve
  writing.onabort = () => reject(writing.error)
})
const post = (path, fields) => fetch(path, {
  method: 'POST', redirect: 'error', signal: AbortSignal.timeout(WAIT_MS), body: new URLSearchParams(fields)
}).catch(() => null)

function begin (name) {
  const opening = indexedDB.open(name, 1)
  opening.onupgradeneeded = () => opening.result.createObjectStore('kept')
  return done(opening)
}

// Opens what is there, and makes nothing: what was erased meanwhile stays away. Returns nothing where there is nothing.
function open (name) {
  const opening = indexedDB.open(name, 1)
  opening.onupgradeneeded = () => opening.transaction.abort()
  return done(opening).catch((error) => { if (error.name !== 'AbortError') throw error })
}

// Who has a store here, and who signed in last. Not in local storage, which a killed browser may forget.
async function owners (change) {
  const db = await begin('think-family')
  const writing = db.transaction('kept', 'readwrite', { durability: 'strict' })
  const store = writing.objectStore('kept')
  const known = await done(store.get('owners')) ?? { all: [], last: null }
  if (change) store.put(change(known), 'owners')
  await whole(writing)
  db.close()
  return known
}
const without = (whose) => ({ all, last }) => ({ all: all.filter((one) => one !== whose), last: last === whose ? null : last })
const withLast = (whose) => ({ all }) => ({ all: [...all.filter((one) => one !== whose), whose], last: whose })

// What is kept for one owner: everything under a key that never leaves the browser's own keeping.
class Kept {
  static async of (whose) {
    const db = await open(`think-family-${whose}`)
    if (!db) return null
    db.onversionchange = () => db.close()
    const key = await done(db.transaction('kept').objectStore('kept').get('key'))
    return key ? Object.assign(new Kept(), { whose, db, key }) : null
  }

  // Begins to keep for an owner, or goes on.
  static async begin (whose) {
    const db = await begin(`think-family-${whose}`)
    const fresh = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
    const writing = db.transaction('kept', 'readwrite', { durability: 'strict' })
    const store = writing.objectStore('kept')
    if (!await done(store.getKey('key'))) store.put(fresh, 'key')
    await whole(writing)
    db.close()
    return Kept.of(whose)
  }

  async seal (value) {
    const iv = crypto.getRandomValues(new Uint8Array(12))
    return { iv, data: await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, this.key, new TextEncoder().encode(JSON.stringify(value))) }
  }

  async unseal (sealed) {
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: sealed.iv }, this.key, sealed.data)))
  }

  async change (change) {
    const writing = this.db.transaction('kept', 'readwrite', { durability: 'strict' })
    const outcome = await change(writing.objectStore('kept'))
    await whole(writing)
    return outcome
  }

  async put (id, value) {
    const sealed = await this.seal(value)
    await this.change((store) => { store.put(sealed, id) })
  }

  async get (id) {
    const sealed = await done(this.db.transaction('kept').objectStore('kept').get(id))
    return sealed ? this.unseal(sealed) : null
  }

  delete (id) { return this.change((store) => { store.delete(id) }) }

  // The notes with words in them; `sealed` is each as it lies there, with whether it was said to be whole.
  async notes () {
    const store = this.db.transaction('kept').objectStore('kept')
    const [ids, all] = await Promise.all([done(store.getAllKeys()), done(store.getAll())])
    const found = ids.map((id, at) => [id, all[at]]).filter(([id]) => id.startsWith('note-'))
    const notes = await Promise.all(found.map(async ([id, sealed]) => ({ ...await this.unseal(sealed), whole: sealed.whole, id: id.slice(5), sealed })))
    return notes.filter((note) => note.words.trim())
  }

  // Keeps what was typed. A note that was sent meanwhile is there no more: what is typed then is a note of its own. Returns the note's id, or
  // nothing when all of it was sent.
  async keep (note, before) {
    const sealed = await this.seal({ visit: note.visit, words: note.words, at: Date.now() })
    return this.change(async (store) => {
      const there = await done(store.get(`note-${note.id}`))
      const isSame = note.words === before
      if (!there && !note.isNew && isSame) return null
      const id = there || note.isNew ? note.id : crypto.randomUUID()
      // The same words stay as they lie there: whoever is sending them takes them away, and does not find others.
      store.put({ ...(there && isSame ? there : sealed), whole: note.whole }, `note-${id}`)
      return id
    })
  }

  // Takes away what was sent, unless more was typed into it meanwhile: that gets an id of its own, and is sent by itself.
  async sent (note, isTaken) {
    await this.change(async (store) => {
      const now = await done(store.get(`note-${note.id}`))
      const isSame = now && now.iv.every((byte, at) => byte === note.sealed.iv[at])
      store.delete(`note-${note.id}`)
      if (now && (isTaken || !isSame)) store.put(now, `note-${crypto.randomUUID()}`)
    })
  }

  async erase () {
    this.db.close()
    // In this order: whoever is still listed when the browser ends between the two is erased by the next page.
    await done(indexedDB.deleteDatabase(`think-family-${this.whose}`))
    await owners(without(this.whose))
  }
}

// Asks of every store on this device what becomes of it, and returns the one of whoever is signed in here, with whether it could ask.
async function settle () {
  const { all, last } = await owners()
  let [mine, isConnected] = [null, true]
  for (const whose of all) {
    const kept = await Kept.of(whose)
    if (!kept) {
      await owners(without(whose))
      continue
    }
    const day = await kept.get('day')
    if (day && !(Date.now() - day.at < DAY_MS && day.at <= Date.now())) await kept.delete('day')
    const answer = await post('/offline/state', await kept.get('device') ?? { device: '' })
    const state = answer?.ok ? await answer.json() : null
    if (!state) isConnected = false
    // Whoever signed out before this could run is asked nothing: what was not sent stays, and waits for them.
    else if (state.erase || (state.left && !(await kept.notes()).length)) await kept.erase()
    else {
      if (state.drop) await kept.delete('day')
      if (state.csrf && (!csrf || state.csrf === csrf)) mine = { kept, csrf: state.csrf }
      else if (csrf) await kept.delete('day')
    }
  }
  // Somebody else is signed in now: what the one before left unsent stays theirs, and is not theirs to read.
  if (csrf && isConnected && last && mine?.kept.whose !== last) await owners(mine ? withLast(mine.kept.whose) : ({ all }) => ({ all, last: null }))
  return { mine, isConnected }
}

// Sends what waits, one window at a time; whatever was not taken stays. Returns what stands in the way, if anything does.
const send = (withDrafts) => navigator.locks.request('think-family-send', async () => {
  const { mine, isConnected } = await settle()
  if (!mine) return isConnected ? 'Sign in again to send what you noted' : 'You are not connected'
  let problem = ''
  for (const note of await mine.kept.notes()) {
    if (!note.whole && !withDrafts) continue
    const answer = await post('/offline/notes', { csrf: mine.csrf, id: note.id, visit: note.visit, words: note.words, written: note.at })
    if (answer?.status === 204 || answer?.status === 409) await mine.kept.sent(note, answer.status === 409)
    else if (answer?.status === 422) problem = `Not sent: ${(await answer.json()).problem}`
    else return 'You are not connected'
  }
  return problem
})

async function current () {
  const { last } = await owners()
  return last ? Kept.of(last) : null
}

async function tell (problem = '') {
  const waiting = (await (await current())?.notes() ?? []).length
  const count = waiting === 1 ? 'One note waits to be sent.' : waiting ? `${waiting} notes wait to be sent.` : ''
  say([count, waiting && problem && `${problem}.`].filter(Boolean).join(' '))
}

// On the page of the day's visits: keeps them for where there is no connection, for a day.
async function keepDay () {
  await navigator.serviceWorker.register('/offline-worker.js')
  await navigator.storage?.persist?.()
  const { mine, isConnected } = await settle()
  if (!isConnected) return
  let kept = mine?.kept
  if (!kept) {
    const registered = await post('/offline/device', { csrf })
    if (!registered?.ok) return
    const { device, owner } = await registered.json()
    if (isLeaving) return
    kept = await Kept.begin(owner)
    await kept.put('device', { device })
    await owners(withLast(owner))
  }
  // Of a visit to somebody shielded, nothing is kept but when it is.
  const visits = [...list.querySelectorAll('[data-visit]')].map((card) => card.dataset.title
    ? { id: card.dataset.visit, title: card.dataset.title, lines: [...card.querySelectorAll('p')].slice(1, -1).map((line) => line.innerText) }
    : { id: card.dataset.visit, title: `A visit, ${card.dataset.when}`, lines: [] })
  await kept.put('day', { at: Date.now(), visits })
  navigator.serviceWorker.ready.then(() => { list.dataset.offlineDay = 'kept' })
}

function element (name, attributes, ...inside) {
  const made = Object.assign(document.createElement(name), attributes)
  made.append(...inside)
  return made
}

// One visit without a connection, or a note about none: what is typed is kept as it is typed, and sent once it is said to be whole.
function card (kept, visit, note, most) {
  const id = `words-${note.id}`
  const box = element('textarea', { id, className: 'govuk-textarea', rows: 5, maxLength: Number(most), value: note.words })
  const state = element('p', { className: 'govuk-hint' }, note.words ? 'Kept on this device' : '')
  const button = element('button', { type: 'button', className: 'govuk-button govuk-button--secondary' }, 'This note is whole: send it when connected')
  // One after the other, so that the last that was typed is the last that is kept.
  let writing = Promise.resolve()
  let before = note.words
  const keep = (isWhole) => {
    const words = box.value
    writing = writing.then(async () => {
      const id = await kept.keep({ ...note, words, whole: isWhole }, before)
      Object.assign(note, { id: id ?? note.id, isNew: false })
      before = words
      state.textContent = !id ? 'Sent' : isWhole ? 'Kept, and sent when you are connected' : 'Kept on this device'
      await tell()
    }).catch(() => { state.textContent = 'This could not be kept: copy it, and open this page again' })
    return writing
  }
  box.addEventListener('input', () => keep(false))
  button.addEventListener('click', async () => { await keep(true); await tell(await send(false)) })
  return element('div', { className: 'tf-card' }, element('h2', { className: 'govuk-heading-s' }, visit.title),
    ...visit.lines.map((line) => element('p', { className: 'govuk-body tf-wrap' }, line)),
    element('label', { className: 'govuk-label', htmlFor: id }, 'Your note', element('span', { className: 'govuk-visually-hidden' }, `: ${visit.title}`)), box, state, button)
}

async function fill () {
  const kept = await current()
  if (!kept) return shell.replaceChildren(element('p', { className: 'govuk-body' }, 'Nothing is kept on this device for you. Open “Your visits” once while you are connected.'))
  const day = await kept.get('day')
  const visits = day && Date.now() - day.at < DAY_MS ? day.visits : []
  const notes = await kept.notes()
  const { most } = shell.dataset
  const of = (visit) => notes.find((note) => note.visit === visit) ?? { id: crypto.randomUUID(), visit, words: '', isNew: true }
  const known = visits.map((visit) => card(kept, visit, of(visit.id), most))
  const others = notes.filter((note) => note.visit && !visits.some((visit) => visit.id === note.visit))
  const rest = others.map((note) => card(kept, { title: 'A visit of another day', lines: [] }, note, most))
  shell.replaceChildren(...known, ...rest, card(kept, { title: 'Something else', lines: [] }, of(''), most))
  await tell()
}

// Signing out sends what waits, and erases what is kept for whoever signs out, and for nobody else: also where the server does not answer.
async function leave (event) {
  if (isEmpty) return
  event.preventDefault()
  const form = event.target
  if (isLeaving) return
  isLeaving = true
  try {
    await send(true).catch(() => {})
    const kept = await Kept.of(me)
    // What cannot be read may be a note.
    const left = await kept?.notes().catch(() => [null]) ?? []
    if (left.length && !window.confirm('Notes on this device were not sent, and signing out erases them. Sign out all the same?')) {
      isLeaving = false
      return
    }
    if (kept) {
      const device = await kept.get('device').catch(() => null)
      await kept.erase()
      await post('/offline/forget', { ...device, csrf })
    }
  } catch {
    window.alert('What this device keeps could not be erased. Erase the data of this site in the settings of your browser.')
  }
  form.submit()
}

async function start () {
  for (const form of document.querySelectorAll('form[action="/sign-out"], form[action="/account/sign-out-everywhere"]')) form.addEventListener('submit', leave)
  isEmpty = !(await owners()).all.length
  if (shell) {
    await fill()
    window.addEventListener('online', async () => tell(await send(false)))
    return
  }
  // Where a day cannot be kept, what was noted before is sent all the same.
  if (list) {
    isEmpty = false
    await keepDay().catch(() => {})
  }
  if (!(await owners()).all.length) return
  await tell(await send(true))
  const kept = waitingHere && await current()
  // What was not taken is put right here.
  const left = kept ? await kept.notes() : []
  waitingHere?.replaceChildren(...left.map((note) => card(kept, { title: 'A note that waits to be sent', lines: [] }, note, waitingHere.dataset.most)))
}

start()
