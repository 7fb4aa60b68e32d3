import { testOffline } from "./offline.mjs";

testOffline("webkit");
