# step: readiness
kubectl patch deployment web --patch '{"spec":{"template":{"spec":{"containers":[{"name":"web","readinessProbe":{"httpGet":{"port":8080},"periodSeconds":1}}]}}}}'
