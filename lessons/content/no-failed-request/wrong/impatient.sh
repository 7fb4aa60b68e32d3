# step: liveness
kubectl patch deployment web --patch '{"spec":{"template":{"spec":{"containers":[{"name":"web","livenessProbe":{"httpGet":{"port":80},"periodSeconds":1,"failureThreshold":1}}]}}}}'
