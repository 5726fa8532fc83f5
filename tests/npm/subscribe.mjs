// Subscribes with npm graphql-ws and prints each result, each close and each error as one line of JSON.
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const [url, token, query, variables, count] = process.argv.slice(2);
const say = (kind, value) => console.log(JSON.stringify({ kind, value }));
const client = createClient({
  url,
  webSocketImpl: WebSocket,
  connectionParams: token ? { authorization: `Bearer ${token}` } : undefined,
  retryAttempts: 20,
  retryWait: () => new Promise((resolve) => setTimeout(resolve, 50)),
  shouldRetry: () => true,
  on: {
    connected: () => say("connected", null),
    closed: (event) => say("closed", event?.code ?? null),
  },
});
let left = Number(count);
try {
  for await (const result of client.iterate({ query, variables: JSON.parse(variables) })) {
    say("next", result);
    left -= 1;
    if (left === 0) break;
  }
  say("complete", null);
} catch (error) {
  say("error", error instanceof Error ? error.message : Array.isArray(error) ? error : { code: error?.code });
}
await client.dispose();
