package dev.kedge.api;

import java.util.List;

/** Functions by name, or the versions of one, newest first. */
public record DeploymentsView(List<DeploymentView> items) {}
