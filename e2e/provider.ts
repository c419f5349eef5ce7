/** A real OpenID Connect provider for journeys that sign in by one: its own pages, keys, PKCE and all, on loopback. */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";

export type RunningProvider = { environment: Record<string, string>; stop(): Promise<void> };

/** Who has an account there, by what they type in: not all have an address the provider stands for. */
const accounts: Record<string, { email: string; email_verified: boolean }> = {
  "ana-elsewhere": { email: "ana@example.com", email_verified: true },
  "ana-again": { email: "ana@example.com", email_verified: true },
  "ben-unproven": { email: "ben@example.com", email_verified: false },
  stranger: { email: "stranger@example.com", email_verified: true },
};

/** Starts it for the console at an address, and returns what that console must be told. */
export async function startProvider(consoleUrl: string): Promise<RunningProvider> {
  const client = {
    client_id: "holdpoint-journeys",
    client_secret: "a secret of the journeys alone, and long enough",
  };
  const server = createServer((request, response) => answer(request, response));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [{ ...client, redirect_uris: [`${consoleUrl}/api/auth/callback/oidc`] }],
    claims: { openid: ["sub"], email: ["email", "email_verified"] },
    findAccount: (_, accountId) =>
      accounts[accountId] && { accountId, claims: () => ({ sub: accountId, ...accounts[accountId] }) },
    cookies: { keys: ["a key of the journeys alone"] },
  });
  const answer = provider.callback();
  return {
    environment: {
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: client.client_id,
      OIDC_CLIENT_SECRET: client.client_secret,
      OIDC_NAME: "Example ID",
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
