import { testVisit } from "./visit.mjs";

testVisit("firefox");
