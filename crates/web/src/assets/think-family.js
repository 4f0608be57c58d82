// What pages gain with a script; each works without. Drafts, suggestions, keys.
import { initAll } from '/assets/govuk-frontend.js'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')
initAll()

// Keys: / search, n note, c contact, ? help. Every one has a visible link of the same words.
document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) return send(event)
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? '')
  if (typing || event.ctrlKey || event.altKey || event.metaKey) return
  const link = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)
  if (link) { event.preventDefault(); link.focus(); link.click() }
})

// Control and Enter send the form that is typed in, or the only one there is, as its first button would.
function send (event) {
  const forms = document.querySelectorAll('main form[method="post"]')
  const at = document.activeElement
  const form = at?.form ?? (forms.length === 1 && (!at || at === document.body) ? forms[0] : null)
  const button = form?.querySelector('button[type="submit"], button:not([type])')
  if (!button) return
  event.preventDefault()
  button.click()
}

// A form marked data-draft is kept while it is typed, for this person and this record alone.
for (const form of document.querySelectorAll('form[data-draft]')) {
  let waiting
  const status = form.querySelector('[data-draft-status]')
  form.addEventListener('submit', () => clearTimeout(waiting))
  form.addEventListener('input', () => {
    clearTimeout(waiting)
    waiting = setTimeout(async () => {
      const answer = await fetch(form.dataset.draft, { method: 'POST', redirect: 'error', body: new URLSearchParams(new FormData(form)) }).catch(() => null)
      if (status) status.textContent = answer?.status === 204 ? 'Draft saved' : 'Draft not saved: you are offline or signed out'
    }, 400)
  })
}

// A box marked data-suggest asks for terms that what was written suggests: they move up to be ticked, and none is chosen.
for (const box of document.querySelectorAll('[data-suggest]')) {
  const suggested = box.form.querySelector('[data-suggested]')
  const others = box.form.querySelector('[data-others]')
  const ask = async () => {
    const body = new URLSearchParams({ text: box.value, csrf: box.form.elements.csrf.value })
    const answer = await fetch(box.dataset.suggest, { method: 'POST', body }).catch(() => null)
    if (!answer?.ok) return
    const terms = new Set(await answer.json())
    for (const option of box.form.querySelectorAll('[data-term]')) {
      const fits = terms.has(option.dataset.term) || option.querySelector('input').checked
      const place = fits ? suggested : others
      if (option.parentElement !== place) place.append(option)
    }
  }
  let waiting
  box.addEventListener('input', () => {
    clearTimeout(waiting)
    waiting = setTimeout(ask, 300)
  })
  // What was typed before the script was there counts too.
  if (box.value) ask()
}

// A box marked data-signature is signed in: strokes become a path in the field it names, of whole numbers in 600 by 200.
for (const box of document.querySelectorAll('[data-signature]')) {
  const field = document.getElementById(box.dataset.signature)
  const pad = box.querySelector('svg')
  const drawn = pad.querySelector('path')
  const at = (event) => {
    const { left, top, width, height } = pad.getBoundingClientRect()
    const within = (value, most) => Math.max(0, Math.min(most, Math.round(value)))
    return `${within((event.clientX - left) / width * 600, 600)} ${within((event.clientY - top) / height * 200, 200)}`
  }
  const add = (stroke) => { field.value += stroke; drawn.setAttribute('d', field.value) }
  let last = ''
  pad.addEventListener('pointerdown', (event) => {
    event.preventDefault()
    pad.setPointerCapture(event.pointerId)
    last = at(event)
    add(`M${last}L${last}`)
  })
  pad.addEventListener('pointermove', (event) => {
    const next = at(event)
    if (!pad.hasPointerCapture(event.pointerId) || next === last || field.value.length > 19000) return
    last = next
    add(`L${next}`)
  })
  box.querySelector('button').addEventListener('click', () => { field.value = ''; drawn.setAttribute('d', '') })
  box.hidden = false
}

// Wherever somebody is signed in, where there is no connection, and where the worker stands by that keeps notes.
if (document.querySelector('form[action="/sign-out"], [data-offline-shell]') || navigator.serviceWorker?.controller) import('/assets/offline.js')

// A page marked data-refresh is asked for again while work goes on.
const going = document.querySelector('[data-refresh]')
if (going) setTimeout(() => location.reload(), Number(going.dataset.refresh) * 1000)
