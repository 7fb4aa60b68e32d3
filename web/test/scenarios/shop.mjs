/**
 * A shop of eleven Deployments in the shape of Google's well-known demo: ten services, nine of
 * which speak gRPC and know each other by addresses in their environment, and a Redis.
 */

/** The release whose images the shop runs. */
export const RELEASE = "v0.10.2";

const REPOSITORY = "us-central1-docker.pkg.dev/google-samples/microservices-demo";

const ADDRESSES = {
  AD_SERVICE_ADDR: "adservice:9555",
  CART_SERVICE_ADDR: "cartservice:7070",
  CHECKOUT_SERVICE_ADDR: "checkoutservice:5050",
  CURRENCY_SERVICE_ADDR: "currencyservice:7000",
  EMAIL_SERVICE_ADDR: "emailservice:5000",
  PAYMENT_SERVICE_ADDR: "paymentservice:50051",
  PRODUCT_CATALOG_SERVICE_ADDR: "productcatalogservice:3550",
  RECOMMENDATION_SERVICE_ADDR: "recommendationservice:8080",
  REDIS_ADDR: "redis-cart:6379",
  SHIPPING_SERVICE_ADDR: "shippingservice:50051",
};

/** Each service with its port, that of its container where it is another one, and whose addresses it is told. */
const SERVICES = [
  { name: "adservice", port: 9555 },
  { name: "cartservice", port: 7070, knows: ["REDIS"] },
  {
    name: "checkoutservice",
    port: 5050,
    knows: [
      "PRODUCT_CATALOG_SERVICE",
      "SHIPPING_SERVICE",
      "PAYMENT_SERVICE",
      "EMAIL_SERVICE",
      "CURRENCY_SERVICE",
      "CART_SERVICE",
    ],
  },
  { name: "currencyservice", port: 7000 },
  { name: "emailservice", port: 5000, target: 8080 },
  {
    name: "frontend",
    port: 80,
    target: 8080,
    probe:
      "httpGet: {path: /_healthz, port: 8080, httpHeaders: [{name: Cookie, value: shop_session-id=probe}]}",
    knows: [
      "PRODUCT_CATALOG_SERVICE",
      "CURRENCY_SERVICE",
      "CART_SERVICE",
      "RECOMMENDATION_SERVICE",
      "SHIPPING_SERVICE",
      "CHECKOUT_SERVICE",
      "AD_SERVICE",
    ],
  },
  { name: "paymentservice", port: 50051 },
  { name: "productcatalogservice", port: 3550 },
  { name: "recommendationservice", port: 8080, knows: ["PRODUCT_CATALOG_SERVICE"] },
  { name: "shippingservice", port: 50051 },
  { name: "redis-cart", port: 6379, probe: "tcpSocket: {port: 6379}", image: "redis:alpine" },
];

function manifestOf({ name, port, target = port, knows = [], probe, image }) {
  const asked = probe ?? `grpc: {port: ${target}}`;
  const variables = [["PORT", target], ...knows.map((who) => [`${who}_ADDR`, ADDRESSES[`${who}_ADDR`]])];
  return `apiVersion: v1
kind: ServiceAccount
metadata: {name: ${name}}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  labels: {app: ${name}}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      serviceAccountName: ${name}
      terminationGracePeriodSeconds: 5
      securityContext: {fsGroup: 1000, runAsGroup: 1000, runAsNonRoot: true, runAsUser: 1000}
      containers:
      - name: server
        image: ${image ?? `${REPOSITORY}/${name}:${RELEASE}`}
        securityContext:
          allowPrivilegeEscalation: false
          capabilities: {drop: [ALL]}
          privileged: false
          readOnlyRootFilesystem: true
        ports: [{containerPort: ${target}}]
        env: [${variables.map(([variable, value]) => `{name: ${variable}, value: "${value}"}`).join(", ")}]
        readinessProbe: {${asked}}
        livenessProbe: {${asked}}
        resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: 200m, memory: 128Mi}}
---
apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec:
  selector: {app: ${name}}
  ports: [{name: ${probe === undefined ? "grpc" : "server"}, port: ${port}, targetPort: ${target}}]
`;
}

export const NAMES = SERVICES.map(({ name }) => name);

export const SHOP = SERVICES.map(manifestOf).join("---\n");
