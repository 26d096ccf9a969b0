// The API reference: the server's own OpenAPI document, rendered in the browser without any other host.
import 'rapidoc'
import './docs.css'

const dark = window.matchMedia('(prefers-color-scheme: dark)').matches
const base = (import.meta.env.VITE_API_BASE as string | undefined) ?? ''

const settings = {
  'spec-url': `${base}/openapi.json`,
  'render-style': 'read',
  'schema-style': 'table',
  'show-header': 'false',
  'load-fonts': 'false',
  'regular-font': 'system-ui, sans-serif',
  'mono-font': 'ui-monospace, monospace',
  'allow-server-selection': 'false',
  // The session's cookie goes along when something is tried out.
  'fetch-credentials': 'include',
  'sort-endpoints-by': 'none',
  theme: dark ? 'dark' : 'light',
  'primary-color': dark ? '#7fb2f5' : '#1971c2',
  'bg-color': dark ? '#16191d' : '#ffffff',
}

const element = document.createElement('rapi-doc')
for (const [name, value] of Object.entries(settings)) element.setAttribute(name, value)
element.addEventListener('before-try', (event) => {
  // What the server asks of every request that changes something and is authorised by a cookie.
  const { request } = (event as CustomEvent<{ request: Request }>).detail
  request.headers.set('X-Requested-With', 'nasman')
})
document.body.append(element)
