import { testOffline } from "./offline.mjs";

testOffline("firefox");
