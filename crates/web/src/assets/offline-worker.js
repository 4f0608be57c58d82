// Where there is no connection, one page stands: it holds nothing of anybody, and what the device keeps is read by offline.js.
// Whoever serves this file puts VERSION before it, which changes with the files below: so that none of them grows old on a phone.
const SHELL = `think-family-shell-${VERSION}`
const PAGE = '/offline'
const FILES = [PAGE, '/assets/govuk-frontend.css', '/assets/area.css', '/assets/think-family.css', '/assets/govuk-frontend.js',
  '/assets/think-family.js', '/assets/offline.js', '/assets/icon.svg']

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(FILES.map((file) => new Request(file, { cache: 'reload' })))).then(() => self.skipWaiting()))
})
self.addEventListener('activate', (event) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((name) => name !== SHELL).map((name) => caches.delete(name))))
  event.waitUntil(old.then(() => self.clients.claim()))
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== self.location.origin) return
  // No page of anybody is ever kept: only the shell and its files stand in.
  const otherwise = request.mode === 'navigate' ? PAGE : FILES.includes(pathname) ? pathname : null
  if (otherwise) event.respondWith(fetch(request).catch(() => caches.match(otherwise)))
})
