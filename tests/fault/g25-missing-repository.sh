#!/bin/bash
# G25: the repository has to exist before the push. The error says how it is made.
. "$(dirname "$0")/lib-push.sh"
push 5 repositories=another
err_has 'has no repository m: name unknown'
err_has 'try: create it there first'
told() { # HOST/REPOSITORY COMMAND
  run 5 env "http_proxy=http://$registry" aiops push "oci:$t/model:1" "$1:1" --plain-http -q
  grep -qF "try: $2" "$t/err" || fail "wanted '$2': $(cat "$t/err")"
}
told 123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/m 'aws ecr create-repository --region eu-west-1 --repository-name team/m'
told public.ecr.aws/a1b2c3/team/m 'aws ecr-public create-repository --region us-east-1 --repository-name team/m'
told europe-west4-docker.pkg.dev/project/models/m \
  'gcloud artifacts repositories create models --repository-format docker --location europe-west4'
