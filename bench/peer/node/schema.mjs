// The schema of the web BFF as far as it is measured, and of the posts, with the
// resolvers that anybody would write.
import DataLoader from 'dataloader';
import { orders, posts, postUser, products, productsByIDs, user } from './services.mjs';

export const typeDefs = /* GraphQL */ `
  type Query {
    dashboard(userId: ID!): Dashboard!
    posts: [Post!]!
    greet: String!
  }
  type Dashboard {
    user: User
    recommendedProducts(first: Int! = 10): [Product!]
    recentOrders(first: Int! = 5): [Order!]
  }
  type User {
    id: ID!
    name: String!
    email: String
    profilePicture: String
    bio: String
    location: String
    joinedDate: String
  }
  type Product {
    id: ID!
    name: String!
    price: Float!
    image: String
    description: String
    specs: [Spec!]!
    reviews: Int
    rating: Float
  }
  type Spec {
    name: String!
    value: String!
  }
  type Order {
    id: ID!
    date: String!
    total: Float!
    status: String!
    items: [OrderItem!]!
    shippingAddress: String
    trackingNumber: String
  }
  type OrderItem {
    productId: ID!
    quantity: Int!
    product: Product
  }
  type Post {
    id: Int!
    userId: Int!
    title: String!
    body: String!
    user: PostUser
  }
  type PostUser {
    id: Int!
    name: String!
    username: String!
    email: String!
    phone: String
    website: String
  }
`;

// Fields that the services spell otherwise.
export const resolvers = {
  Query: {
    dashboard: (_, { userId }) => ({ userId }),
    posts: () => posts(),
    greet: () => 'Hello World!',
  },
  Dashboard: {
    user: ({ userId }) => user(userId),
    recommendedProducts: async ({ userId }, { first }) => (await products(userId)).slice(0, first),
    recentOrders: async ({ userId }, { first }) => (await orders(userId)).slice(0, first),
  },
  User: {
    profilePicture: (u) => u.profile_picture,
    joinedDate: (u) => u.joined_date,
  },
  Product: {
    specs: (p) => Object.entries(p.specs).map(([name, value]) => ({ name, value })),
  },
  Order: {
    shippingAddress: (o) => o.shipping_address,
    trackingNumber: (o) => o.tracking_number,
  },
  OrderItem: {
    productId: (i) => i.product_id,
    product: (i, _, { loaders }) => loaders.products.load(i.product_id),
  },
  Post: {
    user: (p, _, { loaders }) => loaders.users.load(p.userId),
  },
};

// inOrder asks for all products in one call.
export async function inOrder(ids) {
  const byID = new Map((await productsByIDs(ids)).map((p) => [p.id, p]));
  return ids.map((id) => byID.get(id) ?? null);
}

// newContext is what one request has to itself.
export const newContext = () => ({
  loaders: {
    products: new DataLoader(inOrder),
    users: new DataLoader((ids) => Promise.all(ids.map(postUser))),
  },
});
