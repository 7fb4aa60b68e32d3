import { testVisit } from "./visit.mjs";

testVisit("webkit");
testVisit("webkit", { poor: true });
