/** How a call is signed (docs/protocols/gateway.md §2) and code that does it. Safe in a browser: the try-out page signs by this file. */
import type { Definition, GeneratedOperation, RegisteredOperation } from './definition.contract.ts'

export const CALL_HEADERS = {
  key: 'zhenghe-key',
  time: 'zhenghe-time',
  nonce: 'zhenghe-nonce',
  signature: 'zhenghe-signature',
  algorithm: 'zhenghe-algorithm',
  mock: 'zhenghe-mock',
} as const
/** How far the clocks of caller and platform may be apart. */
export const CALL_SKEW_MS = 2 * 60_000

export type SignedParts = { method: string; target: string; key: string; time: string; nonce: string; bodyDigest: string }
/** The text under the signature. `target` is path and query exactly as sent; `bodyDigest` the hex SHA-256 of the body, of nothing where there is none. */
export function signingText({ method, target, key, time, nonce, bodyDigest }: SignedParts): string {
  return `zhenghe-call-v1\n${method}\n${target}\n${key}\n${time}\n${nonce}\n${bodyDigest}`
}

export type Route = { method: 'GET' | 'POST' | 'PUT' | 'DELETE'; path: string; query: readonly string[]; body: boolean }
/** Where an operation is called, below `/gateway/<code>/v<n>`. A verification is a POST: names and numbers do not belong in addresses. */
export function routeOf(operation: RegisteredOperation | GeneratedOperation, keys: readonly string[] = []): Route {
  if ('question' in operation) {
    const byKey = operation.question.kind === 'byKey'
    return { method: byKey ? 'GET' : 'POST', path: `/${operation.name}`, query: byKey ? keys : [], body: !byKey }
  }
  const query = operation.parameters.filter((one) => one.in === 'query').map(({ name }) => name)
  return { method: operation.method, path: operation.path, query, body: operation.body === 'json' }
}

/** An example request: its target and body. */
export function exampleCall(
  code: string,
  n: number,
  operation: Definition['operations'][number],
  keys: readonly string[] = [],
): { method: string; target: string; body: string } {
  const { method, path, query, body } = routeOf(operation, keys)
  const given = (operation.requestExample ?? {}) as Record<string, unknown>
  const exampleOf = (name: string): string => {
    const declared = 'parameters' in operation ? operation.parameters.find((one) => one.name === name)?.example : undefined
    return String(given[name] ?? (declared || name.toUpperCase()))
  }
  const filled = path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(exampleOf(name)))
  const search = query.length > 0 ? `?${query.map((name) => `${name}=${encodeURIComponent(exampleOf(name))}`).join('&')}` : ''
  return { method, target: `/gateway/${code}/v${n}${filled}${search}`, body: body ? JSON.stringify(operation.requestExample ?? {}) : '' }
}

export type SampleOf = { origin: string; key: string; method: string; target: string; body: string }
/** Shell with curl and openssl; reads the secret from the variable ZHENGHE_SECRET. */
export function curlSample({ origin, key, method, target, body }: SampleOf): string {
  return `KEY='${key}'; TARGET='${target}'; BODY='${body.replaceAll("'", "'\\''")}'
TIME=$(date +%s%3N); NONCE=$(openssl rand -hex 16)
DIGEST=$(printf %s "$BODY" | openssl dgst -sha256 -hex | sed 's/.* //')
SIGNATURE=$(printf 'zhenghe-call-v1\\n${method}\\n%s\\n%s\\n%s\\n%s\\n%s' "$TARGET" "$KEY" "$TIME" "$NONCE" "$DIGEST" |
  openssl dgst -sha256 -hmac "$ZHENGHE_SECRET" -binary | base64 | tr '+/' '-_' | tr -d '=\\n')
curl -sS -X ${method} '${origin}'"$TARGET" \\
  -H "zhenghe-key: $KEY" -H "zhenghe-time: $TIME" -H "zhenghe-nonce: $NONCE" -H "zhenghe-signature: $SIGNATURE"${
    body ? ` \\\n  -H 'content-type: application/json' --data-binary "$BODY"` : ''
  }
`
}

/** Words of the caller's program, not of this one. */
const [ENVIRONMENT, CLOCK] = [['process', 'env'].join('.'), ['Date', 'now'].join('.')]

/** JavaScript for Node 20 or later. */
export function javascriptSample({ origin, key, method, target, body }: SampleOf): string {
  return `import { createHash, createHmac, randomUUID } from 'node:crypto'

const key = '${key}', secret = ${ENVIRONMENT}.ZHENGHE_SECRET
const method = '${method}', target = ${JSON.stringify(target)}, body = ${JSON.stringify(body)}
const time = String(${CLOCK}()), nonce = randomUUID()
const digest = createHash('sha256').update(body).digest('hex')
const text = ['zhenghe-call-v1', method, target, key, time, nonce, digest].join('\\n')
const signature = createHmac('sha256', secret).update(text).digest('base64url')
const headers = { 'zhenghe-key': key, 'zhenghe-time': time, 'zhenghe-nonce': nonce, 'zhenghe-signature': signature }
if (body) headers['content-type'] = 'application/json'
const answer = await fetch('${origin}' + target, { method, headers, body: body || undefined })
console.log(answer.status, await answer.text())
`
}

/** Python 3, standard library only. */
export function pythonSample({ origin, key, method, target, body }: SampleOf): string {
  return `import base64, hashlib, hmac, os, time, urllib.error, urllib.request, uuid

key, secret = '${key}', os.environ['ZHENGHE_SECRET']
method, target, body = '${method}', ${JSON.stringify(target)}, ${JSON.stringify(body)}.encode()
now, nonce = str(int(time.time() * 1000)), uuid.uuid4().hex
text = '\\n'.join(['zhenghe-call-v1', method, target, key, now, nonce, hashlib.sha256(body).hexdigest()])
signature = base64.urlsafe_b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()).rstrip(b'=').decode()
headers = {'zhenghe-key': key, 'zhenghe-time': now, 'zhenghe-nonce': nonce, 'zhenghe-signature': signature}
if body:
    headers['content-type'] = 'application/json'
request = urllib.request.Request('${origin}' + target, data=body or None, headers=headers, method=method)
try:
    with urllib.request.urlopen(request) as answer:
        print(answer.status, answer.read().decode())
except urllib.error.HTTPError as error:
    print(error.code, error.read().decode())
`
}
