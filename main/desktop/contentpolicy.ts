/**
 * The headers under which our own page runs. The page loads nothing from anywhere but its
 * bundle and cannot open a connection: all network is the main process's.
 */

export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  // Vue's own templates, and the one thread that the page starts: the reader of PDFs.
  'trusted-types vue pdf-thread',
].join('; ');

/** Headers of every answer of the app's own scheme. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy':
    'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), clipboard-read=()',
  // Looking a name up tells it to whoever is asked.
  'X-DNS-Prefetch-Control': 'off',
  'Cache-Control': 'no-store',
};
