import { testVisit } from "./visit.mjs";

testVisit("webkit");
