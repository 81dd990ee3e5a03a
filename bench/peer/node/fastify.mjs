// The pages over REST, each on a server of its own as with ours.
import Fastify from 'fastify';
import { listening, orders, products, user } from './services.mjs';

const all = (id) => Promise.all([user(id), products(id), orders(id)]);

async function serve(name, path, page) {
  const app = Fastify({ logger: false });
  app.get(path, (request) => page(request.params.id));
  await app.listen({ host: '127.0.0.1', port: 0 });
  listening(app.server.address().port, name);
}

await serve('web', '/api/dashboard/:id', async (id) => {
  const [u, p, o] = await all(id);
  return { user: u, recommended_products: p.slice(0, 10), recent_orders: o.slice(0, 5) };
});

await serve('mobile', '/api/dashboard/:id', async (id) => {
  const [u, p, o] = await all(id);
  return {
    user: { name: u.name, profile_picture: u.profile_picture },
    recommended_products: p.slice(0, 5).map(({ id, name, price, image }) => ({ id, name, price, image })),
    recent_orders: o.slice(0, 3).map(({ id, total, status }) => ({ id, total, status })),
  };
});

await serve('tv', '/api/browse/:id', async (id) => ({
  products: (await products(id)).slice(0, 20).map(({ id, name, price, image, rating }) => ({
    id, name, price, image_hd: image.replace(/\.jpg$/, '_hd.jpg'), rating,
  })),
}));
