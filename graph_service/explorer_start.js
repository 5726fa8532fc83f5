// Starts GraphiQL on our own endpoint; subscriptions go to the address that the page names.
const root = document.getElementById("explorer");
const fetcher = GraphiQL.createFetcher({
  url: root.dataset.endpoint,
  subscriptionUrl: root.dataset.subscriptions,
});
const welcome = `# Sign in on the site first, or add {"authorization": "Bearer omni_…"} under Headers.
query Works {
  works(first: 5) {
    edges { node { id title splits { contributor { name } pctShare } } }
    pageInfo { hasNextPage endCursor }
  }
}
`;
ReactDOM.createRoot(root).render(
  React.createElement(GraphiQL, { fetcher, defaultQuery: welcome, shouldPersistHeaders: false }),
);
