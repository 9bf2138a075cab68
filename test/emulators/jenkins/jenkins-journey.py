"""Walks through an emulated Jenkins with Debian's python3-jenkins and prints one JSON line for each step."""

import json
import sys
import time

import jenkins

url, user, secret = sys.argv[1:4]
server = jenkins.Jenkins(url, username=user, password=secret)

JOB = """<?xml version='1.0' encoding='UTF-8'?>
<project>
  <description>ships it</description>
  <properties>
    <hudson.model.ParametersDefinitionProperty>
      <parameterDefinitions>
        <hudson.model.StringParameterDefinition>
          <name>VERSION</name><defaultValue>0.0</defaultValue>
        </hudson.model.StringParameterDefinition>
        <hudson.model.ChoiceParameterDefinition>
          <name>PLACE</name><choices class="java.util.Arrays$ArrayList"><a class="string-array"><string>east</string><string>west</string></a></choices>
        </hudson.model.ChoiceParameterDefinition>
      </parameterDefinitions>
    </hudson.model.ParametersDefinitionProperty>
  </properties>
  <scm class="hudson.scm.NullSCM"/>
  <builders><hudson.tasks.Shell><command>echo shipping $VERSION to ${PLACE}
echo '{"ok": true}' &gt; result.json
</command></hudson.tasks.Shell></builders>
  <publishers><hudson.tasks.ArtifactArchiver><artifacts>*.json</artifacts></hudson.tasks.ArtifactArchiver></publishers>
</project>"""

SLOW = "<project><builders><hudson.tasks.Shell><command>sleep 600</command></hudson.tasks.Shell></builders></project>"


def until(look, seconds=15):
    end = time.time() + seconds
    while time.time() < end:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError('it did not come about in time')


def identity():
    assert server.get_whoami()['id'] == user
    assert server.get_version().startswith('2.')
    assert server.get_info()['mode'] == 'NORMAL'


def jobs():
    server.create_job('folder', jenkins.EMPTY_FOLDER_XML)
    server.create_job('folder/ship', JOB)
    server.create_job('slow', SLOW)
    server.create_job('empty', jenkins.EMPTY_CONFIG_XML)
    assert server.job_exists('folder/ship') and not server.job_exists('folder/other')
    assert sorted(job['fullname'] for job in server.get_all_jobs()) == ['empty', 'folder', 'folder/ship', 'slow']
    assert 'ships it' in server.get_job_config('folder/ship')
    names = [one['name'] for one in server.get_job_info('folder/ship')['property'][0]['parameterDefinitions']]
    assert names == ['VERSION', 'PLACE']


def build():
    item = server.build_job('folder/ship', {'VERSION': '1.9.0', 'PLACE': 'west'})
    assert item in [one['id'] for one in server.get_queue_info()]
    number = until(lambda: (server.get_queue_item(item).get('executable') or {}).get('number'))
    info = until(lambda: (lambda found: found if not found['building'] else None)(server.get_build_info('folder/ship', number)))
    assert info['result'] == 'SUCCESS' and info['queueId'] == item
    assert info['artifacts'][0]['relativePath'] == 'result.json'
    assert 'shipping 1.9.0 to west' in server.get_build_console_output('folder/ship', number)
    assert server.get_job_info('folder/ship', fetch_all_builds=True)['lastSuccessfulBuild']['number'] == number


def without_parameters():
    item = server.build_job('empty')
    number = until(lambda: (server.get_queue_item(item).get('executable') or {}).get('number'))
    assert number == 1


def stop():
    item = server.build_job('slow')
    number = until(lambda: (server.get_queue_item(item).get('executable') or {}).get('number'))
    until(lambda: [(one['name'], one['number']) for one in server.get_running_builds()] == [('slow', number)])
    second = server.build_job('slow')
    until(lambda: 'already in progress' in (server.get_queue_item(second)['why'] or ''))
    server.cancel_queue(second)
    assert server.get_queue_item(second)['cancelled'] is True
    server.stop_build('slow', number)
    until(lambda: server.get_build_info('slow', number)['result'] == 'ABORTED')


def change():
    server.disable_job('slow')
    assert server.get_job_info('slow')['buildable'] is False
    server.enable_job('slow')
    server.reconfig_job('slow', SLOW.replace('600', '1'))
    assert 'sleep 1<' in server.get_job_config('slow')
    # Its own delete_build breaks wherever there is a crumb issuer: it passes the body as headers.
    server.jenkins_open(jenkins.requests.Request('POST', url + '/job/slow/1/doDelete'))
    assert server.get_job_info('slow')['builds'] == []
    server.delete_job('slow')
    assert not server.job_exists('slow')


def refusals():
    wrong = jenkins.Jenkins(url, username=user, password='wrong')
    for attempt in (wrong.get_whoami, lambda: server.get_job_info('nothing'), lambda: server.build_job('folder/ship', {'PLACE': 'north'})):
        try:
            attempt()
        except (jenkins.JenkinsException, jenkins.requests.exceptions.HTTPError):
            continue
        raise AssertionError('it was let through')


for step in (identity, jobs, build, without_parameters, stop, change, refusals):
    try:
        step()
        failure = None
    except Exception as error:  # whatever went wrong is the result
        failure = '%s: %s' % (type(error).__name__, error)
    print(json.dumps({'step': step.__name__, 'failure': failure}))
