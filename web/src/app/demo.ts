/** The Deployment that shows a rolling update to who has just come. */
export const DEMO_NAME = "rolling-update";

export function demoManifest(tag: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${DEMO_NAME}
spec:
  replicas: 4
  minReadySeconds: 2
  selector:
    matchLabels:
      app: ${DEMO_NAME}
  template:
    metadata:
      labels:
        app: ${DEMO_NAME}
    spec:
      containers:
        - name: nginx
          image: registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:${tag}
`;
}
