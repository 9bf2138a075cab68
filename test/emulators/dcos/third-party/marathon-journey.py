"""Drives a Marathon by Debian's python3-marathon; prints one line of JSON for every step: its name, and what failed."""

import json
import sys
import threading
import time
import traceback

from marathon import MarathonClient
from marathon.exceptions import ConflictError, NotFoundError
from marathon.models import MarathonApp, MarathonGroup, MarathonHealthCheck, MarathonQueueItem

URL, TOKEN = sys.argv[1], sys.argv[2] or None
# Release 0.13.0 of the client predates a field that Marathon requires in its queue since 1.9, and trips over it.
read_queue_item = MarathonQueueItem.from_json
MarathonQueueItem.from_json = lambda item: read_queue_item({key: item[key] for key in item if key != "role"})

client = MarathonClient(URL, auth_token=TOKEN)
events = []


def until(holds, seconds=10):
    """Polls, as every user of this client has to, as it cannot wait for anything."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise AssertionError("it did not happen")
        time.sleep(0.02)


def settle():
    until(lambda: client.list_deployments() == [])


def web(**fields):
    check = MarathonHealthCheck(path="/", protocol="HTTP", port_index=0)
    return MarathonApp(**{"cmd": "serve", "cpus": 0.1, "mem": 32, "instances": 2, "health_checks": [check], **fields})


def running(app_id):
    return client.get_app(app_id).tasks_running


def refuses(error, call):
    try:
        call()
    except error as refusal:
        return refusal
    raise AssertionError("it was not refused")


def listens():
    stream = MarathonClient(URL).event_stream()

    def read():
        for event in stream:
            events.append(event)

    threading.Thread(target=read, daemon=True).start()
    until(lambda: [event.event_type for event in events] == ["event_stream_attached"])


def creates():
    app = client.create_app("/client/web", web(labels={"tier": "front"}))
    assert app.id == "/client/web" and app.tasks_running == 0 and len(app.deployments) == 1
    settle()
    seen = client.get_app("/client/web")
    assert (seen.tasks_running, seen.tasks_healthy, seen.instances) == (2, 2, 2)
    assert all(task.state == "TASK_RUNNING" and task.started_at for task in seen.tasks)


def refuses_duplicate():
    refusal = refuses(ConflictError, lambda: client.create_app("/client/web", web()))
    assert "An app with id [/client/web] already exists." in str(refusal)


def meets_lock():
    client.update_app("/client/web", MarathonApp(labels={"EMULATOR_HEALTHY_MS": "60000"}))
    deployment = client.list_deployments()[0]
    refusal = refuses(ConflictError, lambda: client.scale_app("/client/web", instances=3))
    assert "App is locked" in str(refusal)
    assert deployment.affected_apps == ["/client/web"]
    assert deployment.current_actions[0].action == "RestartApplication"
    assert client.delete_deployment(deployment.id)["deploymentId"] != deployment.id
    settle()
    assert client.get_app("/client/web").labels == {"tier": "front"}


def stops_deployment():
    started = client.update_app("/client/web", MarathonApp(labels={"EMULATOR_HEALTHY_MS": "60000"}))
    assert client.delete_deployment(started["deploymentId"], force=True) == {}
    assert client.list_deployments() == []
    client.update_app("/client/web", MarathonApp(labels={"tier": "front"}), force=True)
    settle()


def scales():
    client.scale_app("/client/web", instances=4)
    settle()
    assert running("/client/web") == 4
    client.scale_app("/client/web", delta=-1)
    settle()
    assert running("/client/web") == 3


def updates_rolling():
    before = {task.id for task in client.list_tasks("/client/web")}
    change = client.update_app("/client/web", MarathonApp(cmd="serve --new"))
    settle()
    tasks = client.list_tasks("/client/web")
    assert not before & {task.id for task in tasks}
    assert {task.version for task in tasks} == {change["version"]}


def knows_versions():
    versions = client.list_versions("/client/web")
    assert versions == sorted(versions, reverse=True) and len(versions) >= 4
    assert client.get_version("/client/web", versions[-1]).cmd == "serve"
    client.rollback_app("/client/web", versions[-1])
    settle()
    assert client.get_app("/client/web").cmd == "serve"


def kills_with_scale():
    client.scale_app("/client/web", instances=3)
    settle()
    task = client.list_tasks("/client/web")[0]
    client.kill_task("/client/web", task.id, scale=True)
    settle()
    app = client.get_app("/client/web")
    assert app.instances == 2 and task.id not in [each.id for each in app.tasks]
    assert client.kill_given_tasks([app.tasks[0].id]) is True
    until(lambda: running("/client/web") == 2)
    killed = client.kill_tasks("/client/web", host=client.list_tasks("/client/web")[0].host)
    assert len(killed) >= 1
    until(lambda: running("/client/web") == 2)


def restarts():
    before = {task.id for task in client.list_tasks("/client/web")}
    client.restart_app("/client/web")
    settle()
    assert not before & {task.id for task in client.list_tasks("/client/web")}


def reads_queue():
    client.create_app("/client/huge", web(cpus=1000))
    item = client.list_queue(embed_last_unused_offers=True)[0]
    assert item.app.id == "/client/huge" and item.count == 2 and item.delay.overdue is True
    summary = item.processed_offers_summary["rejectSummaryLastOffers"]
    assert [row["declined"] for row in summary if row["reason"] == "InsufficientCpus"] == [5]
    client.reset_delay("/client/huge")
    client.delete_app("/client/huge", force=True)
    settle()
    assert client.list_queue() == []


def changes_groups():
    apps = [web(id="one"), web(id="two", dependencies=["one"])]
    client.create_group(MarathonGroup(id="/client/shop", apps=apps))
    settle()
    assert [group.id for group in client.list_groups()] == ["/client"]
    group = client.get_group("/client/shop")
    assert sorted(app.id for app in group.apps) == ["/client/shop/one", "/client/shop/two"]
    refuses(ConflictError, lambda: client.create_group(MarathonGroup(id="/client/shop")))
    client.scale_group("/client/shop", 2)
    settle()
    assert running("/client/shop/one") == 4
    client.update_group("/client/shop", MarathonGroup(apps=[web(id="one")]))
    settle()
    assert [app.id for app in client.get_group("/client/shop").apps] == ["/client/shop/one"]
    client.delete_group("/client/shop")
    settle()
    refuses(NotFoundError, lambda: client.get_group("/client/shop"))


def finds_apps():
    assert [app.id for app in client.list_apps(label="tier==front", embed_tasks=True)] == ["/client/web"]
    listed = client.list_apps(app_id="CLIENT", embed_tasks=True, embed_last_task_failure=True)
    assert len(listed[0].tasks) == 2
    assert len(client.list_endpoints()) == 2


def asks_cluster():
    info = client.get_info()
    assert info.name == "marathon" and info.elected is True and info.leader == client.get_leader()["leader"]
    assert client.ping() == b'"pong"'
    assert "gauges" in client.get_metrics()


def deletes():
    client.delete_app("/client/web")
    refuses(NotFoundError, lambda: client.get_app("/client/web"))
    settle()
    assert client.list_tasks() == []


def heard_everything():
    until(lambda: any(event.event_type == "app_terminated_event" for event in events))
    types = {event.event_type for event in events}
    assert types >= {
        "api_post_event",
        "group_change_success",
        "group_change_failed",
        "deployment_info",
        "deployment_step_success",
        "deployment_success",
        "deployment_failed",
        "status_update_event",
        "instance_changed_event",
        "instance_health_changed_event",
        "health_status_changed_event",
        "app_terminated_event",
    }, types
    first = next(event for event in events if event.event_type == "deployment_info")
    assert [action.action for action in first.plan.steps[0].actions] == ["StartApplication"]
    assert first.plan.target.groups[0]["apps"][0]["id"] == "/client/web"


STEPS = [
    listens,
    creates,
    refuses_duplicate,
    meets_lock,
    stops_deployment,
    scales,
    updates_rolling,
    knows_versions,
    kills_with_scale,
    restarts,
    reads_queue,
    changes_groups,
    finds_apps,
    asks_cluster,
    deletes,
    heard_everything,
]

# The client's event stream sends no token (a defect of its own), so with one there is nothing to hear.
for step in [each for each in STEPS if not (TOKEN and each in (listens, heard_everything))]:
    failure = None
    try:
        step()
    except Exception:
        failure = traceback.format_exc()
    print(json.dumps({"step": step.__name__, "failure": failure}), flush=True)
