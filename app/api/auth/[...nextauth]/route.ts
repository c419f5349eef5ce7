/** next-auth's own protocol: session, csrf, sign-in, sign-out. */
export { authHandler as GET, authHandler as POST } from "#lib/auth/session";
