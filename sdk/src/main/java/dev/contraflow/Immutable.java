package dev.contraflow;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A promise by the author of a class: no instance ever changes after its construction, in any part that can be reached from it. Values of
 * such classes are handed from node to node as they are. Records of immutable parts need no annotation. A promise that is broken breaks the
 * guarantee that consumers see what is stored.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Immutable {}
