// Mercurius with its compiler on and its own loaders, which gather and leave out
// what was asked for twice.
import Fastify from 'fastify';
import mercurius from 'mercurius';
import { listening, postUser } from './services.mjs';
import { inOrder, resolvers, typeDefs } from './schema.mjs';

const { Post, OrderItem: { product, ...OrderItem }, ...rest } = resolvers;
const app = Fastify({ logger: false });

app.register(mercurius, {
  schema: typeDefs,
  resolvers: { ...rest, OrderItem },
  jit: 1,
  graphiql: false,
  loaders: {
    OrderItem: {
      product: async (queries) => {
        const ids = [...new Set(queries.map(({ obj }) => obj.product_id))];
        const products = await inOrder(ids);
        const byID = new Map(ids.map((id, i) => [id, products[i]]));
        return queries.map(({ obj }) => byID.get(obj.product_id));
      },
    },
    Post: {
      user: (queries) => {
        const users = new Map();
        for (const { obj } of queries) if (!users.has(obj.userId)) users.set(obj.userId, postUser(obj.userId));
        return Promise.all(queries.map(({ obj }) => users.get(obj.userId)));
      },
    },
  },
});

await app.listen({ host: '127.0.0.1', port: 0 });
listening(app.server.address().port, 'web', 'posts');
