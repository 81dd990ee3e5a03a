// Calls to the services, and what a program says when it listens.
import { Agent } from 'undici';

const { USER_SERVICE_URL, PRODUCT_SERVICE_URL, ORDER_SERVICE_URL, POSTS_SERVICE_URL } = process.env;
const agent = new Agent({ connections: 128, pipelining: 1 });

async function get(origin, path) {
  const { statusCode, body } = await agent.request({ origin, path, method: 'GET' });
  if (statusCode !== 200) {
    await body.dump();
    throw new Error(`${path}: ${statusCode}`);
  }
  return body.json();
}

export const user = (id) => get(USER_SERVICE_URL, `/users/${id}`);
export const products = (id) => get(PRODUCT_SERVICE_URL, `/products?user_id=${id}`);
export const productsByIDs = (ids) => get(PRODUCT_SERVICE_URL, `/products?ids=${ids.join(',')}`);
export const orders = (id) => get(ORDER_SERVICE_URL, `/orders?user_id=${id}`);
export const posts = () => get(POSTS_SERVICE_URL, '/posts');
export const postUser = (id) => get(POSTS_SERVICE_URL, `/posts/users/${id}`);

// listening says that a server of these names is ready; the program ends when
// it is told to.
export function listening(port, ...names) {
  for (const name of names) console.log(`  ${name}  http://127.0.0.1:${port}`);
}

process.on('SIGTERM', () => process.exit(0));
