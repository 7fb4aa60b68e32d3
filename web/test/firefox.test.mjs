import { testVisit } from "./visit.mjs";

testVisit("firefox");
testVisit("firefox", { poor: true });
