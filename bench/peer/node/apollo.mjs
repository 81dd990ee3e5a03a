import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { listening } from './services.mjs';
import { newContext, resolvers, typeDefs } from './schema.mjs';

const server = new ApolloServer({ typeDefs, resolvers, csrfPrevention: false, introspection: false });
const { url } = await startStandaloneServer(server, { context: async () => newContext(), listen: { host: '127.0.0.1', port: 0 } });
listening(new URL(url).port, 'web', 'posts');
