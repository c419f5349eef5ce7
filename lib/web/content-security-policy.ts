/**
 * What a page of the console may load and run (CSP Level 3): its own scripts, known by a nonce made for this one answer, and
 * what those load; its own styles, pictures and connections; no frame around it and no base but its own. Style attributes are
 * let through, because the server draws the places of list rows and drawings with them; they can run nothing.
 */
export function contentSecurityPolicy(nonce: string, { secure }: { secure: boolean }): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...(secure ? ["upgrade-insecure-requests"] : []),
  ].join("; ");
}
