# step: startup
kubectl patch deployment search --patch '{"spec":{"template":{"spec":{"containers":[{"name":"search","startupProbe":{"httpGet":{"path":"/","port":80},"periodSeconds":5,"failureThreshold":3}}]}}}}'
