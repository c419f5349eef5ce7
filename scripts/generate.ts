import { generatePrismaClient } from "./prisma-client";

generatePrismaClient();
console.log("Generated the database client into prisma/client.");
