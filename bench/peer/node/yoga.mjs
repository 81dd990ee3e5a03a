import { createServer } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';
import { listening } from './services.mjs';
import { newContext, resolvers, typeDefs } from './schema.mjs';

const yoga = createYoga({ schema: createSchema({ typeDefs, resolvers }), context: newContext, logging: false, graphiql: false });
const server = createServer(yoga).listen(0, '127.0.0.1', () => listening(server.address().port, 'web', 'posts'));
